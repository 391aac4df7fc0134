"""Makes a failing schedule shorter: fewer cancellations and overtakings, and the same failure."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from cellwall.explore.outcome import Outcome
from cellwall.explore.schedule import Schedule, overtakings_of

MOST_RUNS: Final = 300
Try = Callable[[Schedule], Outcome]


def shrink(found: Outcome, attempt: Try, most: int = MOST_RUNS) -> tuple[Outcome, int]:
    """Give the outcome of the shortest schedule found that fails alike, and how many runs it took.

    Delta debugging (Zeller and Hildebrandt, IEEE TSE 28:2, 2002) over the single deviations: whole halves are
    left out first, then ever smaller parts, then single ones.
    """
    best, runs = found, 0

    def fails(schedule: Schedule) -> bool:
        nonlocal best, runs
        if runs >= most:
            return False
        runs += 1
        outcome = attempt(schedule)
        if outcome.failed and outcome.kind == found.kind and outcome.schedule.size < best.schedule.size:
            best = outcome
            return True
        return False

    for cancellation in found.schedule.cancellations:
        kept = tuple(other for other in best.schedule.cancellations if other != cancellation)
        fails(replace(best.schedule, cancellations=kept))
    fails(replace(best.schedule, overtakings=()))
    parts = 2
    while runs < most:
        singles = _singles(best.schedule)
        if not singles:
            break
        size = max(1, -(-len(singles) // parts))
        if any(
            fails(_with(best.schedule, singles[:at] + singles[at + size :]))
            for at in range(0, len(singles), size)
        ):
            parts = max(2, parts - 1)
        elif size == 1:
            break
        else:
            parts = min(len(singles), parts * 2)
    return best, runs


def _singles(schedule: Schedule) -> list[tuple[str, int, str]]:
    return [
        (overtaking.lane, overtaking.step, name)
        for overtaking in schedule.overtakings
        for name in overtaking.by
    ]


def _with(schedule: Schedule, singles: list[tuple[str, int, str]]) -> Schedule:
    return replace(schedule, overtakings=overtakings_of(singles))
