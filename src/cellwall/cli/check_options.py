"""What `cellwall check` was asked for, as data."""

from pathlib import Path
from typing import NamedTuple

from cellwall.project.check_config import CheckConfig


class CheckOptions(NamedTuple):
    """The command line of one check.

    Attributes:
        paths: files and folders to check; empty means the whole repository.
        repo: the repository's top folder, None for the one around here.
        asked: what the command line adds to the tables `check`.
        since: a revision; only findings on lines changed since count.
        force_exclude: whether files that are named themselves may be left out too.
        output_file: where the report goes, None for standard output.
        stdin_filename: the path under which standard input is checked, None to check files.
        others: named as in the command's help.
    """

    paths: tuple[Path, ...] = ()
    repo: Path | None = None
    asked: CheckConfig = CheckConfig()
    force_exclude: bool = False
    form: str = "text"
    output_file: Path | None = None
    fix: bool = False
    diff: bool = False
    unsafe_fixes: bool = False
    include_app: bool = False
    add_suppressions: bool = False
    reason: str = ""
    baseline: Path | None = None
    write_baseline: bool = False
    since: str | None = None
    stdin_filename: str | None = None
    statistics: bool = False
    exit_zero: bool = False
    no_cache: bool = False
    jobs: int = 2

    @property
    def reads_stdin(self) -> bool:
        """Whether standard input is checked, and no file."""
        return self.stdin_filename is not None or Path("-") in self.paths
