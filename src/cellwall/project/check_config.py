"""The target's `[tool.cellwall.check]`: which rules run where. Nested folders may have their own.

[tool.cellwall.check]
select = ["CW1", "shared-session"]
ignore = ["CW105"]
baseline = "cellwall-baseline.json"

[tool.cellwall.check.per-file-ignores]
"scripts/**" = ["CW2"]
"""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from cellwall.project.configuration_files import ConfigurationFiles
from cellwall.project.table import Table
from cellwall.project.toml_lines import key_lines

KEYS: Final = (
    "select", "extend-select", "ignore", "per-file-ignores", "preview", "strict", "respect-gitignore",
    "baseline",
)  # fmt: skip


class CheckConfig(NamedTuple):
    """What `cellwall check` runs with in one folder; rules are meant by name, code or beginning of a code.

    Attributes:
        select: the rules that run; empty means all stable ones.
        extend_select: rules that run besides.
        ignore: rules that do not run.
        per_file_ignores: pairs of a git-style glob, relative to the folder, and the rules not run there.
        preview: whether rules in preview run.
        strict: whether warnings fail and suppressions need a reason.
        respect_gitignore: whether files that git ignores are left out (the top folder's value counts).
        baseline: path of the baseline file from the top folder, "" for none (the top folder's value counts).
    """

    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    preview: bool = False
    strict: bool = False
    respect_gitignore: bool = True
    baseline: str = ""

    def to_record(self) -> dict[str, Any]:
        """Give JSON values."""
        return self._asdict()

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> "CheckConfig":
        """Make what `to_record` described."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in record.items()
        }
        ignores = [(glob, tuple(rules)) for glob, rules in record.get("per_file_ignores", ())]
        return cls(**{**values, "per_file_ignores": tuple(ignores)})


def read_check(table: Table) -> CheckConfig:
    """Read the table `check`.

    Raises:
        ConfigError: a key or a value cannot be used; the message has path and line.
    """
    table.only(KEYS)
    ignores = table.table("per-file-ignores")
    return CheckConfig(
        select=table.texts("select"),
        extend_select=table.texts("extend-select"),
        ignore=table.texts("ignore"),
        per_file_ignores=tuple((glob, ignores.texts(glob)) for glob in ignores.keys()),  # noqa: SIM118
        preview=table.flag("preview", False),
        strict=table.flag("strict", False),
        respect_gitignore=table.flag("respect-gitignore", True),
        baseline=table.text("baseline", ""),
    )


def nested_checks(files: ConfigurationFiles) -> Iterator[tuple[str, CheckConfig]]:
    """Give each folder below the root whose `pyproject.toml` has a table of its own, with what it says.

    Raises:
        ConfigError: a key or a value cannot be used. A file that is no TOML says nothing.
    """
    for folder, names in files.folders():
        if "pyproject.toml" in names and folder != files.root:
            path = folder / "pyproject.toml"
            text = files.text(path) or ""
            if "cellwall" in text and "check" in text:
                yield from _nested(path, text, files.root)


def _nested(path: Path, text: str, root: Path) -> Iterator[tuple[str, CheckConfig]]:
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return  # another tool's file, or a fixture that is broken on purpose
    top = Table(values, (), path=path, lines=key_lines(text))
    table = top.table("tool").table("cellwall")
    if "check" in table.keys():  # noqa: SIM118
        yield path.parent.relative_to(root).as_posix(), read_check(table.table("check"))
