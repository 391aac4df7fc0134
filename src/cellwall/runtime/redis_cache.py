"""The cache's store over Redis, for many processes. What comes back names its owner, and is checked."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any, Final, final
from urllib.parse import quote

from cellwall.runtime.identity import fresh_id
from cellwall.runtime.redis_call import TIME_LIMIT, redis_call

if TYPE_CHECKING:
    from redis.asyncio import Redis

_log: Final = logging.getLogger("cellwall.cache")

GENERATION_SECONDS: Final = 30 * 86_400

# A user's values hang on a random generation: a new one forgets them all at once, and so does losing it.
GET: Final = """
local generation = redis.call('GET', KEYS[1])
if not generation then return false end
return redis.call('GET', KEYS[1] .. ':' .. generation .. ':' .. ARGV[1])
"""
SET: Final = """
local generation = redis.call('GET', KEYS[1])
if not generation then generation = ARGV[2] end
redis.call('SET', KEYS[1], generation, 'EX', ARGV[5])
local name = KEYS[1] .. ':' .. generation .. ':' .. ARGV[1]
if ARGV[4] == '0' then redis.call('UNLINK', name) else redis.call('SET', name, ARGV[3], 'PX', ARGV[4]) end
"""


@final
class RedisCacheStore:
    """Keeps texts in Redis under names that begin with their owner.

    Every value holds its owner and key as well, and is given to nobody else, whatever answer a broken
    connection may bring. All names of one user share a hash slot, so a cluster serves too.

    Args:
        redis: the client; it stays the caller's.
        prefix: begins every name; letters, digits, `:`, `-`, `_` and `.`.
        time_limit: seconds after which a call that has no answer fails.
    """

    def __init__(
        self, redis: Redis, *, prefix: str = "cellwall:cache", time_limit: float = TIME_LIMIT
    ) -> None:
        if not prefix.replace(":", "a").replace("-", "a").replace("_", "a").replace(".", "a").isalnum():
            raise ValueError(f"the prefix {prefix!r} holds more than letters, digits, and `:-_.`")
        self._redis = redis
        self._prefix = prefix
        self._time_limit = time_limit
        self._get = redis.register_script(GET)
        self._set = redis.register_script(SET)

    async def get(self, user_id: str, key: str) -> str | None:
        """Give what this owner stored under the key; None when there is nothing (any more).

        Raises:
            StoreUnavailableError: Redis cannot be reached.
        """
        async with redis_call("the cache", self._time_limit):
            answer: Any = await self._get(keys=[self.name_of(user_id)], args=[escaped(key)])
        if answer is None:
            return None
        owner, name, value = json.loads(answer)
        if (owner, name) != (user_id, key):
            _log.error("the cache gave something of another owner or key; it was thrown away")
            return None
        return str(value)

    async def set(self, user_id: str, key: str, value: str | None, seconds: float) -> None:
        """Store a text for this owner, or delete what is there for None.

        Raises:
            StoreUnavailableError: Redis cannot be reached.
        """
        life = 0 if value is None else max(1, round(seconds * 1000))
        text = json.dumps([user_id, key, value])
        longest = max(GENERATION_SECONDS, round(2 * seconds))
        arguments: list[str | int] = [escaped(key), fresh_id(), text, life, longest]
        async with redis_call("the cache", self._time_limit):
            await self._set(keys=[self.name_of(user_id)], args=arguments)

    async def forget_user(self, user_id: str) -> None:
        """Delete everything of this owner: nothing finds it any more, and it goes at its time.

        Raises:
            StoreUnavailableError: Redis cannot be reached.
        """
        async with redis_call("the cache", self._time_limit):
            await self._redis.delete(self.name_of(user_id))

    def name_of(self, user_id: str) -> str:
        """Give the name that all names of this owner begin with; no two owners have the same."""
        return f"{self._prefix}:{{{escaped(user_id)}}}"


def escaped(text: str) -> str:
    """Give the text without any character that has a meaning in names; no two texts give the same."""
    return quote(text, safe="", errors="surrogatepass")
