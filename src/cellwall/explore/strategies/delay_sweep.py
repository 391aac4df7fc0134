"""Every schedule with at most so many delays, those with fewer first."""

from collections import deque
from typing import final

from cellwall.explore.outcome import Outcome
from cellwall.explore.strategies.delays import Delay, Delaying
from cellwall.explore.strategies.strategy import Plan


@final
class DelaySweep:
    """Delays every step of the run without delays, then every later step of each of those runs, and so on.

    Two delays that give the same order of steps are one: what follows them is tried once. `complete` is the
    number of delays up to which every schedule was made, -1 before the first.
    """

    name = "delays"

    def __init__(self, bound: int = 2) -> None:
        self.bound = bound
        self.complete: int = -1
        # By the number of delays: those with long ones alone, then the others.
        self._levels: list[tuple[deque[tuple[Delay, ...]], deque[tuple[Delay, ...]]]] = [
            (deque(), deque()) for _ in range(bound + 2)
        ]
        self._levels[0][0].append(())
        self._chooser = Delaying()
        self._seen: set[tuple[str, ...]] = set()

    def plan(self) -> Plan | None:
        """Give the next run with the fewest delays."""
        delays = self._next()
        if delays is None:
            return None
        self._chooser = Delaying(delays)
        return Plan(self._chooser)

    def learn(self, outcome: Outcome) -> None:
        """Note the steps that the run let one delay."""
        delays = self._next()
        if delays is None:
            return
        self._waiting(delays).popleft()
        new = outcome.trace not in self._seen
        self._seen.add(outcome.trace)
        if new and len(delays) < self.bound:
            for long in (True, False):
                for lane, step in self._chooser.points:
                    more = (*delays, Delay(lane, step, long))
                    self._waiting(more).append(more)
        self._next()

    def _waiting(self, delays: tuple[Delay, ...]) -> deque[tuple[Delay, ...]]:
        return self._levels[len(delays)][not all(delay.long for delay in delays)]

    def _next(self) -> tuple[Delay, ...] | None:
        """Give the delays of the next run, and note which levels are complete."""
        for level, kinds in enumerate(self._levels):
            for waiting in kinds:
                if waiting:
                    return waiting[0]
            if level <= self.bound:
                self.complete = max(self.complete, level)
        return None
