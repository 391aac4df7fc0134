"""The target environment: the one road through which target code runs."""

import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

_NOT_STARTED: Final = 127  # as `launcher.py` ends, which nothing imports


@dataclass(frozen=True, slots=True)
class Limits:
    """What one process tree of target code may use."""

    seconds: float = 600.0
    memory_bytes: int = 4 << 30
    output_bytes: int = 4 << 20


@dataclass(frozen=True, slots=True)
class Completed:
    """How a process ended. `stdout` and `stderr` are cut at the limit, and `cut` says so."""

    returncode: int
    stdout: str
    stderr: str
    timed_out: bool
    cut: bool
    seconds: float

    @property
    def killed(self) -> bool:
        """Tell whether somebody killed it who was not asked to: the kernel out of memory, an operator."""
        return self.returncode == -signal.SIGKILL and not self.timed_out

    @property
    def could_not_start(self) -> bool:
        """Tell whether the program was not there: what a shell says of it, and the supervisor too."""
        return self.returncode == _NOT_STARTED

    @property
    def last_words(self) -> str:
        """Give the last line that it wrote to stderr, or else its exit code."""
        return (self.stderr.strip().splitlines() or [f"exit code {self.returncode}"])[-1]


def asked_again_if_killed(ask: Callable[[], Completed]) -> Completed:
    """Run what may run twice without harm, and once more if somebody killed it before it could answer."""
    first = ask()
    return ask() if first.killed else first


class TargetEnvironment(Protocol):
    """Runs target code with its interpreter, without secrets, within limits and walls."""

    python: Path
    walls: tuple[str, ...]  # the walls that are up, in words for the report

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        limits: Limits | None = None,
        extra_env: Mapping[str, str] | None = None,
        writable: Sequence[Path] = (),
    ) -> Completed:
        """Run `argv` (argv[0] is a program, never a shell) to its end and give how it ended.

        The whole process group is ended at the limit and when the caller dies.
        """
        ...
