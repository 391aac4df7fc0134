"""Cancels every handler at each of its awaits: as soon as it waits there, and when it is about to go on."""

from collections import deque
from typing import final

from cellwall.explore.outcome import Outcome
from cellwall.explore.schedule import Cancellation
from cellwall.explore.strategies.delays import Delay, Delaying
from cellwall.explore.strategies.strategy import Plan


def points_of(outcome: Outcome) -> list[Cancellation]:
    """Give every cancellation that the run's handlers can meet: as soon as they wait first, by step."""
    steps = [
        (step, name)
        for name, handler in outcome.handlers.items()
        for step in range(handler.first + 1, handler.steps)
    ]
    steps.sort(key=lambda pair: pair[0])
    resumed = [(handler.first, name) for name, handler in outcome.handlers.items() if handler.first]
    return [Cancellation(name, step) for step, name in steps] + [
        Cancellation(name, step, late=True) for step, name in resumed + steps
    ]


@final
class CancellationSweep:
    """One cancellation a run, everything else first come, first served; the first run has none and tells the
    points.

    `swept` counts the cancellation points that were run, of `points`. A late cancellation is not run again
    where the early one met a step that was due already: they are the same.
    """

    name = "cancellation"

    def __init__(self) -> None:
        self.points: int = 0
        self.swept: int = 0
        self._waiting: deque[Cancellation] = deque()
        self._begun = False

    def plan(self) -> Plan | None:
        """Give the run with the next cancellation."""
        if not self._begun:
            return Plan()
        return Plan(cancellations=(self._waiting[0],)) if self._waiting else None

    def learn(self, outcome: Outcome) -> None:
        """Note the points, and which of them are done."""
        if not self._begun:
            self._begun = True
            self._waiting.extend(points_of(outcome))
            self.points = len(self._waiting)
            return
        done = self._waiting.popleft()
        self.swept += 1
        twin = Cancellation(done.lane, done.step, late=True)
        if not done.late and any(due for _, due in outcome.struck) and twin in self._waiting:
            self._waiting.remove(twin)
            self.swept += 1


@final
class DelayedCancellationSweep:
    """Every cancellation together with one delay of every step that the cancelled run lets one delay.

    `swept` counts the runs made, of `points` that are known so far.
    """

    name = "cancellation and a delay"

    def __init__(self) -> None:
        self.points: int = 0
        self.swept: int = 0
        self._cancellations: deque[Cancellation] = deque()
        self._waiting: deque[tuple[Cancellation, Delay | None]] = deque()
        self._begun = False
        self._chooser = Delaying()

    @property
    def complete(self) -> bool:
        """Tell whether every cancellation was run with every delay."""
        return self._begun and not self._waiting

    def plan(self) -> Plan | None:
        """Give the run with the next cancellation and delay."""
        if not self._begun:
            return Plan()
        if not self._waiting:
            return None
        cancellation, delay = self._waiting[0]
        self._chooser = Delaying((delay,) if delay else ())
        return Plan(self._chooser, (cancellation,))

    def learn(self, outcome: Outcome) -> None:
        """Take the cancellation's delays from the run that has none."""
        if not self._begun:
            self._begun = True
            self._waiting.extend((cancellation, None) for cancellation in points_of(outcome))
            return
        cancellation, delay = self._waiting.popleft()
        if delay is not None:
            self.swept += 1
            return
        delays = [Delay(lane, step, True) for lane, step in self._chooser.points]
        self.points += len(delays)
        self._waiting.extend((cancellation, delay) for delay in delays)
