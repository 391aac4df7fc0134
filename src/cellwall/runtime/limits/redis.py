"""The generic cell rate algorithm for many processes: one script, run whole inside Redis, by its clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, final
from urllib.parse import quote

from cellwall.runtime.errors import StoreUnavailableError
from cellwall.runtime.limits.decision import Decision
from cellwall.runtime.outage import Outage
from cellwall.runtime.redis_call import redis_call

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from cellwall.runtime.limits.rate import Rate

TIME_LIMIT: Final = 0.25

# Times are whole microseconds: doubles hold them exactly. A clock that was set back must not lock anybody
# out, so nobody is ever busy for longer than a whole burst takes.
SCRIPT: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local busy = tonumber(redis.call('GET', KEYS[1]) or now)
if busy < now then busy = now end
if busy > now + window then busy = now + window end
local after = busy + interval
if after - now > window then return {0, busy - now, after - now - window} end
redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', math.ceil((after - now) / 1000) + 1)
return {1, after - now, 0}
"""


@final
class RedisRateLimiter:
    """Limits the users of all processes together. Resting users take no memory: their keys expire.

    Args:
        redis: the client; it stays the caller's.
        rate: what each user may do.
        when_gone: what to do while Redis is gone or slower than `time_limit` seconds: `Outage.REFUSE` answers
            nobody (StoreUnavailableError), `Outage.ALLOW` limits nobody.
        prefix: begins every key; limiters with different rates need different ones.
    """

    def __init__(
        self,
        redis: Redis,
        rate: Rate,
        *,
        when_gone: Outage,
        prefix: str = "cellwall:rate",
        time_limit: float = TIME_LIMIT,
    ) -> None:
        self.rate: Final = rate
        self._script = redis.register_script(SCRIPT)
        self._when_gone = when_gone
        self._prefix = prefix
        self._time_limit = time_limit
        interval = max(1, round(rate.interval * 1e6))
        self._arguments = (interval, interval * rate.burst)

    async def hit(self, user_id: str) -> Decision:
        """Count one request of this user, unless it is refused.

        Raises:
            StoreUnavailableError: Redis is gone, and `when_gone` says to refuse.
        """
        try:
            async with redis_call("the rate limit", self._time_limit):
                key = (
                    f"{self._prefix}:{quote(user_id, safe='')}"  # `a:b` is no user `b` of the prefix `...:a`
                )
                answer: Any = await self._script(keys=[key], args=self._arguments)
        except StoreUnavailableError:
            if self._when_gone is Outage.REFUSE:
                raise
            return Decision(self.rate, 0.0, metered=False)
        allowed, backlog, excess = answer
        return Decision(self.rate, backlog / 1e6, None if allowed else excess / 1e6)
