"""Which short-lived tokens were used already. For tokens that must work once; knows ids, not tokens."""

import time
from collections.abc import Callable
from typing import Final, Protocol, final

SWEEP_FROM: Final = 1024


class ReplayGuard(Protocol):
    """Remembers the ids of used tokens until they expire."""

    async def first_use(self, token_id: str, expires_at: float) -> bool:
        """Say whether this id is seen for the first time; of several askers at once exactly one hears yes.

        Raises:
            StoreUnavailableError: nobody can know; the token is to be refused.
        """
        ...


@final
class MemoryReplayGuard:
    """Remembers used ids in this process; enough for a service of one process."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._used: dict[str, float] = {}
        self._sweep_at = SWEEP_FROM

    def __len__(self) -> int:
        return len(self._used)

    async def first_use(self, token_id: str, expires_at: float) -> bool:
        """Say whether this id is seen for the first time; nothing is awaited in between."""
        if token_id in self._used:
            return False
        if len(self._used) >= self._sweep_at:
            now = self._clock()
            self._used = {name: end for name, end in self._used.items() if end > now}
            self._sweep_at = max(SWEEP_FROM, 2 * len(self._used))
        self._used[token_id] = expires_at
        return True
