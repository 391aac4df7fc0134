"""A target environment that runs nothing: it gives scripted answers and remembers what was asked."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import final

from cellwall.project.environment import Completed, Limits
from cellwall.project.errors import EnvironmentUnusable


@dataclass(frozen=True, slots=True)
class Call:
    """One request to run something."""

    argv: tuple[str, ...]
    cwd: Path
    limits: Limits | None
    extra_env: Mapping[str, str]
    writable: tuple[Path, ...]


Answer = Completed | Callable[[Call], Completed]


def completed(
    stdout: str = "", *, returncode: int = 0, stderr: str = "", timed_out: bool = False
) -> Completed:
    """Make an answer in few words."""
    return Completed(returncode, stdout, stderr, timed_out, cut=False, seconds=0.0)


@final
class FakeEnvironment:
    """Gives each answer once, in order; an answer may be a function of the call (which can write files).

    When the answers are used up, every program ends well and prints nothing.
    """

    def __init__(self, answers: Iterable[Answer] = (), *, python: Path = Path("python")) -> None:
        """Take the script."""
        self.python = python
        self.walls: tuple[str, ...] = ("nothing is run",)
        self.calls: list[Call] = []
        self._answers = list(answers)

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        limits: Limits | None = None,
        extra_env: Mapping[str, str] | None = None,
        writable: Sequence[Path] = (),
    ) -> Completed:
        """Remember the call and give the next answer.

        Raises:
            EnvironmentUnusable: `cwd` is no folder.
        """
        if not cwd.is_dir():
            raise EnvironmentUnusable(f"{cwd}: there is no such folder to run in")
        call = Call(tuple(argv), cwd, limits, dict(extra_env or {}), tuple(writable))
        self.calls.append(call)
        answer = self._answers.pop(0) if self._answers else completed()
        return answer(call) if callable(answer) else answer
