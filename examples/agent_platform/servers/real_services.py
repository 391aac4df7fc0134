"""The back end over PostgreSQL and Redis: rows behind row-level security, events, limits shared by processes."""

from contextlib import AsyncExitStack

from redis.asyncio import BlockingConnectionPool, Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from cellwall import RedisBroker, WebSocketConnectionPool
from cellwall.runtime.database import Ownership
from cellwall.runtime.database.rls import RowLevelSecurity, apply_policies
from cellwall.runtime.limits.redis import RedisRateLimiter
from cellwall.runtime.outage import Outage
from netra_backend import limits
from netra_backend.database.models import Base
from netra_backend.websocket.pool import platform_pool
from servers.settings import Settings

ROLE = "platform"
EVENTS = "events"
ownership = Ownership(Base.metadata)


def row_level_security(url: str, opened: AsyncExitStack) -> RowLevelSecurity:
    """Give the storage whose database itself keeps owners apart; `url` names the role that owns nothing."""
    engine = create_async_engine(url, pool_size=10, max_overflow=10)
    opened.push_async_callback(engine.dispose)
    return RowLevelSecurity(engine, ownership)


async def share_by_redis(settings: Settings, opened: AsyncExitStack) -> WebSocketConnectionPool:
    """Count requests in Redis, and give a pool whose events reach the clients of other processes."""
    pool = BlockingConnectionPool.from_url(settings.redis, max_connections=50)  # a crowd waits, nobody is refused
    redis = Redis.from_pool(pool)
    opened.push_async_callback(redis.aclose)
    limits.use_limiter(RedisRateLimiter(redis, settings.rate, when_gone=Outage.ALLOW, prefix="platform:rate"))
    return platform_pool(await opened.enter_async_context(RedisBroker(settings.redis, prefix="platform")))


async def prepare_database(owner_url: str) -> None:
    """Make tables, the role of the application, the policies and a database for analytics, as their owner; once."""
    engine = create_async_engine(owner_url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        await connection.execute(text(f"CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE"))
    await apply_policies(engine, ownership, role=ROLE)
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text(f"CREATE DATABASE {EVENTS}"))
    await engine.dispose()
