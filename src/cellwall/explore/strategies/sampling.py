"""Partial order sampling: every step draws a priority when it becomes due, and keeps it until it is made.

A step that drew a low one is overtaken by all that become due meanwhile, with a probability that falls with
their number only, not exponentially as in a random walk: long windows are found. After Yuan, Yang, Gu,
"Partial order aware concurrency sampling", CAV 2018 (without the priorities drawn again after a conflict: the
explorer does not see who reads and writes what).
"""

from collections.abc import Sequence
from random import Random
from typing import final

from cellwall.explore.lane import Entry
from cellwall.explore.outcome import Outcome
from cellwall.explore.schedule import CLOCK
from cellwall.explore.strategies.strategy import LET_TIME_PASS, Plan


@final
class PartialOrderSampling:
    """Runs by priorities that each step draws anew."""

    name = "partial order sampling"

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed

    def plan(self) -> Plan:
        """Give a run with the next seed."""
        return Plan(DrawnSteps(self._seed), seed=self._seed)

    def learn(self, outcome: Outcome) -> None:
        """Go on to the next seed."""
        self._seed += 1


@final
class DrawnSteps:
    """Chooser of one run: the step that drew the highest priority goes; so does the clock, as one more."""

    def __init__(self, seed: int) -> None:
        self._draw = Random(seed).random
        self._drawn: dict[str, tuple[int, float]] = {}
        self._passed = 0  # how often the clock was let pass

    def __call__(self, runnable: Sequence[Entry], clock: bool, /) -> int:
        """Give the step of the highest priority."""
        best, highest = 0, -1.0
        for index, entry in enumerate(runnable):
            lane = entry.lane
            priority = self._of(lane.name, lane.step)
            if priority > highest:
                best, highest = index, priority
        if clock and self._of(CLOCK, self._passed) > highest:
            self._passed += 1
            return LET_TIME_PASS
        return best

    def _of(self, name: str, step: int) -> float:
        drawn = self._drawn.get(name)
        if drawn is None or drawn[0] != step:
            drawn = self._drawn[name] = (step, self._draw())
        return drawn[1]
