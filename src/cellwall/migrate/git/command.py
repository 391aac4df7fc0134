"""Runs git: its environment is clean, and nothing that a repository configures gets to run a program.

The settings below switch off what plumbing commands would start by configuration: hooks, the file system
monitor, signing, maintenance, pagers and, one by one, filters. Transports are forbidden altogether, so that
a missing object is never fetched (a remote may be a command). Settings go through the environment, where
no character of a name can end it. The user's own configuration is not read; the repository's cannot be
avoided, and is outweighed by these settings.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Final, final

from cellwall.migrate.errors import GitError, RepositoryError, StorageError
from cellwall.migrate.storage_errors import as_storage_error, storage_advice

SETTINGS: Final = (
    ("core.hooksPath", "/dev/null"),
    ("core.fsmonitor", "false"),
    ("core.logAllRefUpdates", "false"),
    ("core.protectNTFS", "true"),
    ("core.protectHFS", "true"),
    ("core.fsync", "committed,reference"),
    ("commit.gpgSign", "false"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("advice.detachedHead", "false"),
    ("worktree.useRelativePaths", "false"),  # would write an extension into the user's configuration
    ("protocol.allow", "never"),
)
VARIABLES: Final = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_PAGER": "cat",
    "GIT_EDITOR": "false",
    "GIT_ASKPASS": "false",
    "LC_ALL": "C",
    "LANGUAGE": "C",
}
KEPT: Final = ("PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR")  # HOME for the user's own ignore file

Setting = tuple[str, str]


@final
class Git:
    """Runs git commands in one folder.

    Args:
        folder: the current folder of each command.
        git_dir: the git directory to use; None lets git look for it, and check who owns it.
        inherit: descriptors that every git keeps open as long as it lives.
    """

    def __init__(self, folder: Path, git_dir: Path | None = None, inherit: tuple[int, ...] = ()) -> None:
        self.folder = folder
        self.git_dir = git_dir
        self.inherit = inherit

    def run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        variables: Mapping[str, str] | None = None,
        guarded: bool = False,
    ) -> bytes:
        """Run a command to its end and give its output; `guarded` switches the filters off one by one.

        Raises:
            GitError: the command failed; the text has the first line of what git said.
            StorageError: it failed because of the disk.
        """
        settings = self._configured_programs() if guarded else ()
        pipe = subprocess.PIPE
        with self._start(arguments, settings, variables, stdin=pipe, stderr=pipe) as process:
            output, errors = process.communicate(stdin)
        if process.returncode:
            raise failure(arguments, process.returncode, errors)
        return output

    def answer(self, *arguments: str) -> str | None:
        """Give the command's output without the last newline, or None when it fails."""
        try:
            return os.fsdecode(self.run(*arguments)).removesuffix("\n")
        except GitError:
            return None

    @contextmanager
    def stream(self, *arguments: str, stdin: bytes) -> Iterator[IO[bytes]]:
        """Run a command and give its output as a stream; what is left unread ends the command."""
        with as_storage_error("write to the temporary folder", Path(tempfile.gettempdir())):
            file = tempfile.TemporaryFile()  # noqa: SIM115  closed below, once it is known to be written
            file.write(stdin)
            file.seek(0)
        with file, self._start(arguments, (), None, stdin=file, stderr=subprocess.DEVNULL) as process:
            assert process.stdout
            try:
                yield process.stdout
            finally:
                process.kill()

    def _start(
        self,
        arguments: Sequence[str],
        settings: Sequence[Setting],
        variables: Mapping[str, str] | None,
        *,
        stdin: int | IO[bytes],
        stderr: int,
    ) -> "subprocess.Popen[bytes]":
        try:
            return subprocess.Popen(
                [program(), *arguments],
                cwd=self.folder,
                env=self._environment(settings) | dict(variables or {}),
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=stderr,
                pass_fds=self.inherit,
                process_group=0,  # Ctrl-C on the terminal is for the coordinator, which stops in order
            )
        except OSError as error:
            raise GitError(f"cannot start git in {self.folder}: {error.strerror}") from error

    def _environment(self, more: Sequence[Setting]) -> dict[str, str]:
        settings = (*SETTINGS, *trusted_folders(), *more)
        environment = {name: os.environ[name] for name in KEPT if name in os.environ} | VARIABLES
        environment["GIT_CONFIG_COUNT"] = str(len(settings))
        for number, (name, value) in enumerate(settings):
            environment[f"GIT_CONFIG_KEY_{number}"] = name
            environment[f"GIT_CONFIG_VALUE_{number}"] = value
        if self.git_dir:
            environment |= {"GIT_DIR": str(self.git_dir), "GIT_WORK_TREE": str(self.folder)}
        return environment

    def _configured_programs(self) -> tuple[Setting, ...]:
        """Give settings that empty every filter and switch off every hook that is configured by name."""
        names = os.fsdecode(self.run("config", "--list", "--name-only", "-z")).split("\0")
        return tuple(dict.fromkeys(setting for name in names for setting in _without_program(name)))


def _without_program(name: str) -> tuple[Setting, ...]:
    section, _, key = name.rpartition(".")
    if section.startswith("filter.") and key in {"clean", "smudge", "process"}:
        return (name, ""), (f"{section}.required", "false")
    if section.startswith("hook."):
        return ((f"{section}.enabled", "false"),)
    return ()


def failure(arguments: Sequence[str], code: int, errors: bytes) -> GitError | StorageError:
    """Give the error for a command that failed, by what it said."""
    said = errors.decode(errors="replace").strip()
    line = next(iter(said.splitlines()), f"exit code {code}")
    if advice := storage_advice(said):
        return StorageError(f"git {arguments[0]}: {line}; {advice}")
    return GitError(f"git {arguments[0]} failed: {line}")


@cache
def program() -> str:
    """Give git's path; raises RepositoryError when git is not installed."""
    if found := shutil.which("git"):
        return str(Path(found).absolute())
    raise RepositoryError("git is not installed, or not on PATH; install git 2.31 or newer")


@cache
def trusted_folders() -> tuple[Setting, ...]:
    """Give the user's own `safe.directory` settings: who may own repositories is the user's decision."""
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    asked = subprocess.run(
        [program(), "config", "--includes", "--get-all", "-z", "safe.directory"],
        cwd="/",
        env=environment | {"GIT_DIR": "/dev/null"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return tuple(("safe.directory", value) for value in os.fsdecode(asked.stdout).split("\0")[:-1])
