"""Who runs a scenario: the Protocols between a test's users and what interleaves them."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, final, runtime_checkable

from cellwall.testing.many_users.result import RunResult
from cellwall.testing.many_users.settings import IsolationSettings


class Run(Protocol):
    """One run of a scenario, as the scenario sees it; `cellwall.explore` hands out one too."""

    def handler(self, name: str, coro: Coroutine[Any, Any, object], /) -> "asyncio.Task[Any]":
        """Start a user; its name is the same in every run."""

    def was_cancelled(self, name: str, /) -> bool:
        """Tell whether the run, not the test itself, cancelled this user."""

    def begin(self) -> None:
        """Say that all users are set up, and interleaving begins."""

    def end(self) -> None:
        """Say that all bodies have ended."""


@runtime_checkable
class TellsIdle(Protocol):
    """A run on the real clock, where waiting takes time."""

    def when_idle(self, callback: Callable[[], None], /) -> None:
        """Call back once, when everything waits."""


@runtime_checkable
class Marks(Protocol):
    """A run that is drawn when it fails."""

    def mark(self, text: str, /) -> None:
        """Mark this moment of the run."""


Scenario = Callable[[Run], Awaitable[RunResult]]
MakeScenario = Callable[[int], Scenario]  # by the number of the run; each builds its world anew


@final
@dataclass(frozen=True, slots=True)
class Tried:
    """What came of all runs of a scenario.

    Attributes:
        result: the run that failed, or the last one.
        runs: how many there were.
        replay: options of pytest that repeat the run, such as `--isolation-seed 3`.
        certificate: what was tried, in figures, for the summary.
        drawing: the failing run as a page; "" where none was drawn.
    """

    result: RunResult
    runs: int
    replay: str
    certificate: Mapping[str, Any] = field(default_factory=dict)
    schedule: object = None  # what the interleaver needs to run so again
    drawing: str = ""


class Interleaver(Protocol):
    """Interleaves the users of scenarios."""

    def run(self, make: MakeScenario, settings: IsolationSettings) -> Tried:
        """Run scenarios until one fails, all schedules are tried, or the budget is spent."""

    def again(self, scenario: Scenario, tried: Tried) -> RunResult:
        """Run once more as in the run that failed."""

    def close(self) -> None:
        """Give back what is kept from one test to the next."""
