"""Makes the choices that a schedule holds."""

from collections import deque
from collections.abc import Sequence
from typing import final

from cellwall.explore.lane import Entry
from cellwall.explore.schedule import CLOCK, Overtaking
from cellwall.explore.strategies.strategy import LET_TIME_PASS


@final
class Replay:
    """Chooser of a schedule's overtakings; what does not fit the run any more is left out.

    A lane that is to overtake and is not due is skipped, so that a schedule from which deviations were
    removed still means something.
    """

    def __init__(self, overtakings: Sequence[Overtaking]) -> None:
        self._left: dict[tuple[str, int], deque[str]] = {}
        for overtaking in overtakings:
            self._left.setdefault((overtaking.lane, overtaking.step), deque()).extend(overtaking.by)

    def __call__(self, runnable: Sequence[Entry], clock: bool, /) -> int:
        """Give who overtakes what is first, 0 when nobody does."""
        first = runnable[0].lane
        left = self._left.get((first.name, first.step + 1))
        while left:
            name = left.popleft()
            if name == CLOCK:
                if clock:
                    return LET_TIME_PASS
                continue
            for index, entry in enumerate(runnable):
                if entry.lane.name == name:
                    return index
        return 0
