"""Random walks in which one handler, drawn anew, is cancelled at one of its awaits."""

from random import Random
from typing import final

from cellwall.explore.outcome import Outcome
from cellwall.explore.schedule import Cancellation
from cellwall.explore.strategies.random_walk import Walk
from cellwall.explore.strategies.strategy import Plan


@final
class CancellingWalk:
    """A random walk and one random cancellation in each run."""

    name = "random walk and a cancellation"

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._steps: dict[str, tuple[int, int]] = {}

    def plan(self) -> Plan:
        """Give a run with the next seed; the first has no cancellation, it tells the handlers."""
        random = Random(self._seed)
        cancellations: tuple[Cancellation, ...] = ()
        able = [name for name, (first, last) in self._steps.items() if last > first]
        if able:
            name = random.choice(able)
            first, last = self._steps[name]
            cancellations = (Cancellation(name, random.randint(first + 1, last), random.random() < 0.5),)
        return Plan(Walk(self._seed), cancellations, self._seed)

    def learn(self, outcome: Outcome) -> None:
        """Go on to the next seed, and note how many steps handlers make."""
        self._seed += 1
        for name, handler in outcome.handlers.items():
            _, last = self._steps.get(name, (0, 0))
            self._steps[name] = (handler.first, max(last, handler.steps))
