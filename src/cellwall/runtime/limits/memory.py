"""The generic cell rate algorithm in this process: one number a user, nothing for users who rest.

GCRA (ITU-T I.371, as a virtual schedule): a user's number is the time at which their past requests would be
over at an even pace. A request adds one interval to it, and is refused when it would then lie further ahead
than a whole burst takes.
"""

import time
from collections.abc import Callable
from typing import Final, final

from cellwall.runtime.limits.decision import Decision
from cellwall.runtime.limits.rate import Rate


@final
class MemoryRateLimiter:
    """Limits the users of one process; with several processes each allows the whole rate.

    Memory holds only the users of the last two windows, in two generations: what was not touched for a
    whole window is over by definition, and is dropped all at once, at no cost per request.
    """

    __slots__ = ("_clock", "_interval", "_limit", "_new", "_old", "_turn", "_window", "rate")

    def __init__(self, rate: Rate, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate: Final = rate
        self._clock = clock
        self._interval = rate.interval
        self._window = rate.window
        self._limit = rate.window * (1 + 1e-9)  # a whole burst at once is a sum of rounded intervals
        self._new: dict[str, float] = {}
        self._old: dict[str, float] = {}
        self._turn = clock() + self._window

    def __bool__(self) -> bool:
        """A limiter that knows no user yet is a limiter: `limiter or another` keeps it."""
        return True

    def __len__(self) -> int:
        return len(self._new.keys() | self._old.keys())

    async def hit(self, user_id: str) -> Decision:
        """Count one request of this user, unless it is refused."""
        return self.hit_now(user_id)

    def hit_now(self, user_id: str) -> Decision:
        """Count one request of this user, unless it is refused, without awaiting anything."""
        backlog = self.take(user_id)
        if backlog >= 0:
            return Decision(self.rate, backlog)
        return Decision(self.rate, self._window - self._interval - backlog, -backlog)

    def take(self, user_id: str) -> float:
        """Count one request and give the backlog in seconds; for a refused one minus the seconds to wait.

        What `hit_now` does, without making an object for it.
        """
        clock = self._clock  # a local name: Python looks for a method `_clock` first where it is called
        now = clock()
        if now >= self._turn:
            self._take_turn(now)
        busy_until = self._new.get(user_id)
        if busy_until is None:
            busy_until = self._old.get(user_id, now)
        if busy_until < now:  # noqa: PLR1730  # max() takes as long as the rest of this method
            busy_until = now
        busy_until += self._interval
        backlog = busy_until - now
        if backlog > self._limit:
            return self._window - backlog
        self._new[user_id] = busy_until
        return backlog

    def _take_turn(self, now: float) -> None:
        self._old = self._new if now < self._turn + self._window else {}
        self._new = {}
        self._turn = now + self._window
