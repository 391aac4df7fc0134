"""The whole service under stress: rows and analytics in PostgreSQL, all else over a real Redis."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import BlockingConnectionPool, Redis

from cellwall import AnalyticsLog
from cellwall.runtime.analytics.postgres import PostgresAnalyticsStore
from cellwall.runtime.cache import UserCache
from cellwall.runtime.limits import Rate
from cellwall.runtime.limits.redis import RedisRateLimiter
from cellwall.runtime.outage import Outage
from cellwall.runtime.redis_cache import RedisCacheStore
from cellwall.runtime.websocket.redis_broker import RedisBroker
from tests.stress.places import Place
from tests.stress.service import Service


@asynccontextmanager
async def whole_service(place: Place, postgres_url: str, redis_url: str) -> AsyncIterator[Service]:
    """Give a service all of whose parts are served by real servers."""
    # Who comes when all connections are in use waits for one; the client's own pool would refuse the 101st.
    pool = BlockingConnectionPool.from_url(redis_url, max_connections=50, timeout=60)
    redis, prefix = Redis.from_pool(pool), f"stress-{secrets.token_hex(4)}"
    async with RedisBroker(redis_url, prefix=prefix) as near, RedisBroker(redis_url, prefix=prefix) as far:
        service = Service(
            place.manager,
            AnalyticsLog(PostgresAnalyticsStore(postgres_url)),
            limiter=RedisRateLimiter(
                redis, Rate(1_000_000), when_gone=Outage.REFUSE, prefix=f"{prefix}:rate", time_limit=60.0
            ),
            cache=UserCache(RedisCacheStore(redis, prefix=f"{prefix}:cache", time_limit=60.0)),
            brokers=(near, far),
        )
        service.closers += [redis.aclose, near.close, far.close, place.close]
        yield service
