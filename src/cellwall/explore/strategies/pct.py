"""Probabilistic concurrency testing: random priorities that change at a few random steps.

Finds a bug that needs d ordered events among n tasks and k steps with a probability of at least 1 / (n
k^(d-1)) in each run: Burckhardt, Kothari, Musuvathi, Nagarakatte, "A randomized scheduler with probabilistic
guarantees of finding bugs", ASPLOS 2010.
"""

from collections.abc import Sequence
from random import Random
from typing import Final, final

from cellwall.explore.lane import Entry
from cellwall.explore.outcome import Outcome
from cellwall.explore.schedule import CLOCK
from cellwall.explore.strategies.strategy import LET_TIME_PASS, Plan

DEPTH: Final = 3
_FIRST_GUESS: Final = 100  # steps of a run, until one is known


@final
class Pct:
    """Runs by priority; `depth` is the number of ordered events that a bug may need."""

    name = "pct"

    def __init__(self, seed: int = 0, depth: int = DEPTH) -> None:
        self._seed = seed
        self._depth = depth
        self._steps = 0

    def plan(self) -> Plan:
        """Give a run with the next seed."""
        steps = self._steps or _FIRST_GUESS
        return Plan(Priorities(self._seed, self._depth, steps), seed=self._seed)

    def learn(self, outcome: Outcome) -> None:
        """Go on to the next seed; the longest run so far tells where priorities may change."""
        self._seed += 1
        self._steps = max(self._steps, outcome.choices)


@final
class Priorities:
    """Chooser that runs the lane of the highest priority."""

    def __init__(self, seed: int, depth: int, steps: int) -> None:
        self._random = Random(seed)
        self._changes = {self._random.randrange(steps): -1 - n for n in range(depth - 1)}
        self._priorities: dict[str, float] = {}
        self._made = -1

    def __call__(self, runnable: Sequence[Entry], clock: bool, /) -> int:
        """Give the lane of the highest priority; at a change, that lane's becomes the lowest."""
        self._made += 1
        best, highest = 0, -float("inf")
        for index, entry in enumerate(runnable):
            priority = self._of(entry.lane.name)
            if priority > highest:
                best, highest = index, priority
        if self._made in self._changes:
            self._priorities[runnable[best].lane.name] = self._changes[self._made]
        if clock and self._of(CLOCK) > highest:
            return LET_TIME_PASS
        return best

    def _of(self, name: str) -> float:
        priority = self._priorities.get(name)
        if priority is None:
            priority = self._priorities[name] = self._random.random()
        return priority
