"""Which short-lived tokens were used already, for a service of many processes. Needs a Redis client."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Final, final

from cellwall.runtime.redis_call import redis_call

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis.asyncio import Redis


@final
class RedisReplayGuard:
    """Remembers used ids in Redis until they expire. While Redis is gone every use is refused."""

    def __init__(
        self, redis: Redis, *, prefix: str = "cellwall:used", clock: Callable[[], float] = time.time
    ) -> None:
        self._redis: Final = redis
        self._prefix = prefix
        self._clock = clock

    async def first_use(self, token_id: str, expires_at: float) -> bool:
        """Say whether this id is seen for the first time, by any process.

        Raises:
            StoreUnavailableError: Redis cannot be reached.
        """
        life = max(1, math.ceil(expires_at - self._clock()) + 1)
        async with redis_call("the list of used tokens"):
            return bool(await self._redis.set(f"{self._prefix}:{token_id}", "1", nx=True, ex=life))
