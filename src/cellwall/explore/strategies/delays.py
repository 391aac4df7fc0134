"""First come, first served, but for a few steps that are delayed.

A step is delayed a little (what is due at that moment goes first) or long (until nothing else can happen, and
time has passed as far as it may). After Emmi, Qadeer, Rakamarić, "Delay-bounded scheduling", POPL 2011.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

from cellwall.explore.lane import Entry
from cellwall.explore.strategies.strategy import LET_TIME_PASS


@final
@dataclass(frozen=True, slots=True)
class Delay:
    """The lane's step of this number is delayed."""

    lane: str
    step: int
    long: bool


@final
class Delaying:
    """Chooser that delays the steps that it is told to, and notes which steps could have been."""

    def __init__(self, delays: Sequence[Delay] = ()) -> None:
        self._delays: Mapping[tuple[str, int], bool] = {
            (delay.lane, delay.step): delay.long for delay in delays
        }
        self._order = {(delay.lane, delay.step): place for place, delay in enumerate(delays)}
        self._last = (delays[-1].lane, delays[-1].step) if delays else None
        self._left: dict[tuple[str, int], int] = {}  # by whom it is still overtaken
        self._points: dict[tuple[str, int], bool] = {}  # after the last delay, with whether it is a handler's

    def __call__(self, runnable: Sequence[Entry], clock: bool, /) -> int:
        """Give the first step that is not delayed."""
        overtaken: list[tuple[str, int]] = []
        for index, entry in enumerate(runnable):
            lane = entry.lane
            key = (lane.name, lane.step + 1)
            long = self._delays.get(key)
            if long is None:
                self._note(key, lane.handler)
            elif self._left.setdefault(key, len(runnable) - 1 - index) > 0 or long:
                overtaken.append(key)
                continue
            for delayed in overtaken:
                self._left[delayed] -= 1
            return index
        long = any(self._delays[key] for key in overtaken)
        return LET_TIME_PASS if clock and long else self._last_delayed(runnable)

    def _last_delayed(self, runnable: Sequence[Entry]) -> int:
        """Give who was delayed last where all are: delays nest, the first one's window stays open longest."""
        places = [self._order[entry.lane.name, entry.lane.step + 1] for entry in runnable]
        return places.index(max(places))

    def _note(self, key: tuple[str, int], handler: bool) -> None:
        if self._last is None or self._last in self._left:
            self._points.setdefault(key, handler)

    @property
    def points(self) -> list[tuple[str, int]]:
        """The steps that could have been delayed after the last one that was, the most promising first.

        A handler that has begun comes before one that has not: it has something that others can change.
        """
        return sorted(self._points, key=lambda point: (not self._points[point], point[1] <= 1))
