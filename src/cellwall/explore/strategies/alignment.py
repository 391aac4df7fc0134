"""Keeps handlers side by side: all stand at the same await before one of them passes it.

Handlers of one test run the same code, but one comes later than the other, by steps or by time. How many
steps each has before it in the plain run tells who is how far; whoever is behind goes first. A race between
equal handlers then shows in the first run, however far apart they arrive.
"""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Final, final

from cellwall.explore.lane import Entry, Lane
from cellwall.explore.outcome import Outcome
from cellwall.explore.strategies.strategy import LET_TIME_PASS, Plan

_FAR: Final = 1 << 30
_FIXED: Final = 4  # runs


@final
class Alignment:
    """Handlers side by side: in four fixed runs, then with drawn shifts between them.

    The fixed ones align them at the end and at the beginning, and let go of equals who came first or last. As
    many with shifts follow as the longest handler has steps.
    """

    name = "side by side"

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._made = 0
        self._steps: dict[str, int] = {}

    def plan(self) -> Plan | None:
        """Give the next run."""
        if not self._steps:
            return Plan()  # tells how many steps the handlers make
        if self._made >= _FIXED + max(self._steps.values()):
            return None
        if self._made < _FIXED:
            at_end = self._made < 2
            starts = self._steps if at_end else {}
            return Plan(SideBySide(self._steps, starts, last_first=self._made % 2 == 1), seed=self._seed)
        random = Random(self._seed)
        starts = {name: random.randint(0, steps) for name, steps in self._steps.items()}
        last_first = random.random() < 0.5
        return Plan(SideBySide(self._steps, starts, last_first=last_first), seed=self._seed)

    def learn(self, outcome: Outcome) -> None:
        """Note how many steps the handlers make; go on to the next run."""
        if not self._steps:
            self._steps = {name: handler.steps for name, handler in outcome.handlers.items()} or {"": 0}
            return
        self._made += 1
        if self._made > _FIXED:
            self._seed += 1


@final
class SideBySide:
    """Chooser that runs the handler which is least far; what is no handler goes before them.

    A handler is as far as the steps that it has made less its start. One that is further behind and waits for
    time to pass is waited for, as long as the clock may pass.
    """

    def __init__(self, steps: Mapping[str, int], starts: Mapping[str, int], *, last_first: bool) -> None:
        self._steps = steps
        self._starts = starts
        self._last_first = last_first
        self._lanes: dict[str, Lane] = {}

    def __call__(self, runnable: Sequence[Entry], clock: bool, /) -> int:
        """Give what goes next."""
        best, least = 0, _FAR
        for index, entry in enumerate(runnable):
            lane = entry.lane
            if not lane.handler:
                return index
            self._lanes[lane.name] = lane
            far = self._far(lane)
            if far < least or (self._last_first and far == least):
                best, least = index, far
        if clock and self._waits_behind(runnable, least):
            return LET_TIME_PASS
        return best

    def _far(self, lane: Lane) -> int:
        return lane.step - self._starts.get(lane.name, 0)

    def _waits_behind(self, runnable: Sequence[Entry], least: int) -> bool:
        """Tell whether a handler that is not due and has not ended is less far than the one that would go."""
        due = {entry.lane.name for entry in runnable}
        return any(
            self._far(lane) < least and lane.step < self._steps.get(name, 0)
            for name, lane in self._lanes.items()
            if name not in due
        )
