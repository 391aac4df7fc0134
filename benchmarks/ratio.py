"""How every benchmark here measures: the sides of a ratio take turns in one run; medians are compared."""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import median

Sync = Callable[[], object]
Async = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a result: what was measured, in which unit, against which limit; "" is none."""

    name: str
    value: float
    unit: str
    limit: str
    met: bool
    note: str = ""

    @property
    def measured(self) -> bool:
        """Whether there is a value: a peer that is not installed has none."""
        return not math.isnan(self.value)

    def __str__(self) -> str:
        if not self.measured:
            return f"{self.name:<58} {'-':>10} not measured: {self.note}"
        mark = "MISSED" if not self.met else "met" if self.limit else ""
        return f"{self.name:<58} {self.value:>10.3f} {self.unit:<12} {self.limit:<16} {mark:<7} {self.note}"


def missing(name: str, why: str) -> Row:
    """Give the line of what could not be measured, and why."""
    return Row(name, math.nan, "", "", True, why)


def interleaved(
    sides: dict[str, Sync], *, rounds: int, calls: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, float]:
    """Give each side's median time of one call in seconds; in every round each side runs `calls` times."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(rounds):
        for name in sorted(sides, reverse=bool(turn % 2)):
            call = sides[name]
            start = clock()
            for _ in range(calls):
                call()
            times[name].append((clock() - start) / calls)
    return {name: median(values) for name, values in times.items()}


async def interleaved_async(sides: dict[str, Async], *, rounds: int, calls: int) -> dict[str, float]:
    """The same for coroutine functions, awaited one after the other."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(rounds):
        for name in sorted(sides, reverse=bool(turn % 2)):
            call = sides[name]
            start = time.perf_counter()
            for _ in range(calls):
                await call()
            times[name].append((time.perf_counter() - start) / calls)
    return {name: median(values) for name, values in times.items()}
