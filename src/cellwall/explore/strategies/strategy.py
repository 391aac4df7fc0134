"""What a strategy is: who chooses, at each step of a run, what goes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol, final

from cellwall.explore.lane import Entry
from cellwall.explore.outcome import Outcome
from cellwall.explore.schedule import Cancellation

LET_TIME_PASS: Final = -1


class Chooser(Protocol):
    """Chooses in one run; the same chooser made anew chooses the same."""

    def __call__(self, runnable: Sequence[Entry], clock: bool, /) -> int:
        """Give the index of what goes next; LET_TIME_PASS only if `clock`.

        `runnable` is never empty, holds what is due in the order in which it became due, and must not be
        changed.
        """


@final
@dataclass(frozen=True, slots=True)
class Plan:
    """One run to make: who chooses, and which handlers are cancelled where."""

    chooser: Chooser | None = None  # None: first come, first served
    cancellations: tuple[Cancellation, ...] = ()
    seed: int = 0
    amplified: bool = False  # rewritten awaits pause


class Strategy(Protocol):
    """Gives the runs of a search, one after the other, and learns from each.

    One whose first run is the plain one is not asked to make it: it learns from the one that every
    search begins with.
    """

    name: str

    def plan(self) -> Plan | None:
        """Give the next run, None when none is left; asked again without `learn` it gives the same run."""

    def learn(self, outcome: Outcome) -> None:
        """Take what became of the run that `plan` gave."""
