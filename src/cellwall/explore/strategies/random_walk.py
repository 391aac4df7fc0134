"""Each step is drawn anew: finds what needs many small reorderings, in no particular order."""

from collections.abc import Sequence
from random import Random
from typing import Final, final

from cellwall.explore.lane import Entry
from cellwall.explore.outcome import Outcome
from cellwall.explore.strategies.strategy import LET_TIME_PASS, Plan

STALLS: Final = 0.3  # of the steps before which time could pass


@final
class RandomWalk:
    """Draws at each step what goes next, and sometimes lets the clock pass first."""

    name = "random walk"

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed

    def plan(self) -> Plan:
        """Give a run with the next seed."""
        return Plan(Walk(self._seed), seed=self._seed)

    def learn(self, outcome: Outcome) -> None:
        """Go on to the next seed."""
        self._seed += 1


@final
class Walk:
    """Chooser of one random walk."""

    def __init__(self, seed: int) -> None:
        self._draw = Random(seed).random

    def __call__(self, runnable: Sequence[Entry], clock: bool, /) -> int:
        """Draw."""
        draw = self._draw
        if clock and draw() < STALLS:
            return LET_TIME_PASS
        return int(draw() * len(runnable))
