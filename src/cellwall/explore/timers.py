"""The timers of a run, in the order of their times; equal times keep the order in which they were made."""

import heapq
from asyncio import TimerHandle
from typing import final


@final
class Timers:
    """A heap of timers; `heap` is empty exactly when there is none, cancelled ones included."""

    __slots__ = ("_made", "heap")

    def __init__(self) -> None:
        self._made = 0
        self.heap: list[tuple[float, int, TimerHandle]] = []

    def clear(self) -> list[TimerHandle]:
        """Forget every timer, and give those that were waiting."""
        left = [timer for _, _, timer in self.heap if not timer.cancelled()]
        self.heap.clear()
        self._made = 0
        return left

    def push(self, timer: TimerHandle) -> None:
        """Add a timer."""
        self._made += 1
        heapq.heappush(self.heap, (timer.when(), self._made, timer))

    def next_time(self) -> float | None:
        """Give when the next timer is due."""
        while self.heap and self.heap[0][2].cancelled():
            heapq.heappop(self.heap)
        return self.heap[0][0] if self.heap else None

    def take_due(self, now: float) -> list[TimerHandle]:
        """Take out the timers that are due at that time."""
        due = []
        while self.heap and self.heap[0][0] <= now:
            timer = heapq.heappop(self.heap)[2]
            if not timer.cancelled():
                due.append(timer)
        return due
