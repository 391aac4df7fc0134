"""A rate: how many in which time, and how many at once. Nothing here knows who or when."""

from dataclasses import dataclass, field
from math import ceil
from typing import final


@final
@dataclass(frozen=True, slots=True)
class Rate:
    """`requests` in `seconds`, evenly; `burst` of them may come at once (all of them where not given).

    In any stretch of `t` seconds at most `burst + t * requests / seconds` are allowed. `interval` is the
    seconds between two requests at an even pace, `window` those after which a whole burst is allowed again.

    Example:
        Rate(100, seconds=60, burst=20)

    Raises:
        ValueError: a number that is not above zero.
    """

    requests: int
    seconds: float = 60.0
    burst: int = 0
    interval: float = field(init=False, repr=False, compare=False)
    window: float = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        burst = self.burst or self.requests
        if self.requests <= 0 or burst <= 0 or not 0 < self.seconds < float("inf"):
            raise ValueError("a rate needs requests, seconds and a burst above zero")
        object.__setattr__(self, "burst", burst)
        object.__setattr__(self, "interval", self.seconds / self.requests)
        object.__setattr__(self, "window", burst * self.interval)

    def remaining(self, backlog: float) -> int:
        """Give how many more are allowed at once when `backlog` seconds of the window are used."""
        free = (self.window - backlog) / self.interval
        return int(free + 1e-6 + 1e-9 * free) if free > 0 else 0

    def seconds_until_whole(self, remaining: int) -> int:
        """Give the whole seconds, rounded up, after which nothing is used when `remaining` are left now."""
        return max(0, ceil(self.window - remaining * self.interval - 1e-9 * self.window))
