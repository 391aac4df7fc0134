"""How long to wait before the next try: longer each time, and never in step with other processes."""

from collections.abc import Callable
from dataclasses import dataclass
from random import random
from typing import final


@final
@dataclass(slots=True)
class Backoff:
    """Doubling waits with full jitter (AWS Architecture Blog, "Exponential Backoff and Jitter", 2015).

    Args:
        first, longest: bounds of the wait in seconds.
        chance: gives a number from 0 to 1.
    """

    first: float = 0.05
    longest: float = 5.0
    chance: Callable[[], float] = random
    _tries: int = 0

    def next_wait(self) -> float:
        """Give the seconds to wait now; the next answer is longer, up to a bound."""
        bound = min(self.longest, self.first * 2.0 ** min(self._tries, 32))
        self._tries += 1
        return bound * (0.5 + self.chance() / 2)

    def succeeded(self) -> None:
        """Begin again with the shortest wait."""
        self._tries = 0
