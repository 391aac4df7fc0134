"""Things run out or go midway: whom it concerns gets a clear error, the others go on, and nothing stays."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from cellwall import (
    AnalyticsLog,
    RequestScopedSessionManager,
    SlowReader,
    UserExecutionContext,
    WebSocketConnectionPool,
    cleanup_user_context,
)
from cellwall.runtime.cache import UserCache
from cellwall.runtime.errors import QueueOverflowError, RateLimitedError, StoreUnavailableError
from cellwall.runtime.limits import MemoryRateLimiter, Rate, require_allowed
from cellwall.runtime.limits.redis import RedisRateLimiter
from cellwall.runtime.outage import Outage
from cellwall.runtime.redis_cache import RedisCacheStore
from cellwall.runtime.websocket.redis_broker import RedisBroker
from tests.servers import RunningPostgres, RunningRedis
from tests.small_disk import Disk, Fill, disk, fill
from tests.stress import places
from tests.stress.models import Note
from tests.stress.places import Place
from tests.stress.run import stress
from tests.stress.service import Frames, Service
from tests.stress.survivors import Watch

__all__ = ["disk", "fill"]

OnPostgres = Callable[[str], AbstractAsyncContextManager[Place]]
POSTGRES = pytest.mark.parametrize(
    "at", [places.guarded_postgres, places.row_level_security], ids=["guard", "rls"]
)


@asynccontextmanager
async def request(user_id: str) -> AsyncIterator[UserExecutionContext]:
    """One request of a user, from its beginning to its clean-up."""
    context = UserExecutionContext.create_for_user(user_id)
    try:
        yield context
    finally:
        await cleanup_user_context(context)


async def write(manager: RequestScopedSessionManager, user_id: str, text: str = "canary") -> int:
    """Write a note in a request of its own, and give how many the user has."""
    async with request(user_id) as context:
        session = await manager.create_session(context=context)
        session.add(Note(user_id=user_id, text=f"canary<{user_id}> {text}"))
        await session.commit()
        return await session.query(Note).count()


@pytest.fixture
def small_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two connections, and little patience."""
    monkeypatch.setattr(places, "POOL", {"pool_size": 2, "max_overflow": 0, "pool_timeout": 0.05})


@POSTGRES
@pytest.mark.usefixtures("small_pool")
async def test_an_empty_pool(at: OnPostgres, postgres_url: str) -> None:
    async with at(postgres_url) as place:
        watch = Watch()
        async with AsyncExitStack() as held:
            for user_id in ("ada", "bob"):
                context = await held.enter_async_context(request(user_id))
                session = await place.manager.create_session(context=context)
                session.add(Note(user_id=user_id, text=f"canary<{user_id}>"))
                await session.flush()
            attempts = await asyncio.gather(
                *(write(place.manager, f"late-{number}") for number in range(5)), return_exceptions=True
            )
            assert [type(attempt) for attempt in attempts] == [StoreUnavailableError] * 5
            assert len({id(attempt) for attempt in attempts}) == 5
            assert all("in use" in str(attempt) and "try again" in str(attempt) for attempt in attempts)
            await session.commit()  # who has a connection goes on
        assert await write(place.manager, "late-1") == 1
        assert await write(place.manager, "bob") == 2
        assert await place.rows() == (3, 0)
        del held, context, session, attempts
        await place.close()
        assert await watch.survivors() == {}
        assert await place.connections() == 0


@POSTGRES
async def test_the_database_goes_midway(at: OnPostgres, mortal_postgres: RunningPostgres) -> None:
    async with at(mortal_postgres.url()) as place:
        assert await write(place.manager, "ada") == 1
        async with request("ada") as ada, request("bob") as bob:
            open_session = await place.manager.create_session(context=ada)
            open_session.add(Note(user_id="ada", text="canary<ada> lost"))
            await open_session.flush()
            fresh = await place.manager.create_session(context=bob)
            mortal_postgres.stop()
            with pytest.raises(
                StoreUnavailableError, match=r"nothing of this transaction is kept, try again"
            ):
                await open_session.commit()
            with pytest.raises(StoreUnavailableError, match="not available") as caught:
                await fresh.query(Note).count()
            assert "/" not in str(caught.value)  # no address of the server
        mortal_postgres.start()
        with suppress(StoreUnavailableError):  # a connection of the pool may still be a dead one
            await write(place.manager, "cleo")
        assert await write(place.manager, "ada") == 2
        assert await write(place.manager, "bob") == 1
        total, foreign = await place.rows()
        assert (total >= 3, foreign) == (True, 0)
        await place.close()
        assert await place.connections() == 0


@pytest.mark.needs_mount
async def test_a_full_disk(disk: Disk, fill: Fill) -> None:
    with disk(8192) as folder:
        manager = RequestScopedSessionManager(folder / "rows")
        for user_id in ("ada", "bob"):
            assert await write(manager, user_id) == 1
        fill(folder)
        with pytest.raises(StoreUnavailableError, match="full"):
            for _ in range(20):
                await write(manager, "ada", "x" * 100_000)
        async with request("bob") as bob, manager.session(bob) as session:
            assert await session.query(Note).count() == 1
        (folder / "ballast").unlink()
        before = await write(manager, "ada")
        assert await write(manager, "ada") == before + 1
        assert await write(manager, "bob") == 2
        await manager.close()


async def test_redis_goes_midway(mortal_redis: RunningRedis) -> None:
    watch = Watch()
    redis = Redis.from_url(mortal_redis.url())
    limiter = RedisRateLimiter(redis, Rate(1000), when_gone=Outage.REFUSE, time_limit=2.0)
    open_limiter = RedisRateLimiter(redis, Rate(1000), when_gone=Outage.ALLOW, prefix="open", time_limit=2.0)
    cache = UserCache(RedisCacheStore(redis))
    async with RedisBroker(mortal_redis.url(), timeout=2.0) as broker, request("ada") as ada:
        pool = WebSocketConnectionPool(broker=broker)
        mine, other = Frames(), Frames()
        await pool.register_connection("ada", "socket-1", mine)
        await pool.register_connection("bob", "socket-2", other)
        await cache.set(ada, "key", "value")
        assert (await limiter.hit("ada")).allowed
        mortal_redis.stop()
        with pytest.raises(StoreUnavailableError, match="rate limit"):
            await limiter.hit("ada")
        assert (await open_limiter.hit("ada")).allowed
        with pytest.raises(StoreUnavailableError, match="cache"):
            await cache.get(ada, "key")
        assert await pool.send_to_user("ada", {"event": "local"}) == 1  # who is connected here goes on
        mortal_redis.start()
        assert (await limiter.hit("ada")).allowed
        await cache.set(ada, "key", "again")
        assert await cache.get(ada, "key") == "again"
        await pool.close()
        assert (len(mine.frames), len(other.frames)) == (1, 0)
    await redis.aclose()
    del ada, broker, pool, cache, limiter, open_limiter, redis
    assert await watch.survivors() == {}


class Stuck(Frames):
    """A client that never reads."""

    def __init__(self) -> None:
        super().__init__()
        self.closed = asyncio.Event()

    async def send_text(self, text: str) -> None:
        """Wait for ever."""
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Note that it was closed."""
        self.closed.set()


@pytest.mark.parametrize("policy", SlowReader)
async def test_a_full_queue_is_its_readers_alone(policy: SlowReader) -> None:
    pool = WebSocketConnectionPool(queue_size=4, slow_reader=policy)
    stuck, ready = Stuck(), Frames()
    slow = await pool.register_connection("slow", "socket-1", stuck)
    await pool.register_connection("ready", "socket-2", ready)
    async with request("slow") as for_slow, request("ready") as for_ready:
        emit_slow = pool.create_emitter(for_slow).emit_event
        emit_ready = pool.create_emitter(for_ready).emit_event
        for number in range(20):
            emit_slow("note", {"number": number})
            emit_ready("note", {"number": number})
            await asyncio.sleep(0)
        await asyncio.sleep(0.01)
    assert len(ready.frames) == 20
    if policy is SlowReader.DROP_OLDEST:
        assert slow.stats().dropped >= 15
    else:
        assert isinstance(slow.failure, QueueOverflowError)
        await asyncio.wait_for(stuck.closed.wait(), 10)
        assert pool.connections_of("slow") == ()
    await pool.close()


async def test_a_used_up_limit_is_its_users_alone() -> None:
    limiter = MemoryRateLimiter(Rate(3, seconds=3600.0))
    for _ in range(3):
        await require_allowed(limiter, "ada")
    with pytest.raises(RateLimitedError, match="try again in") as caught:
        await require_allowed(limiter, "ada")
    assert caught.value.retry_after > 0
    await require_allowed(limiter, "bob")


async def test_a_crowd_at_a_limit_leaves_nothing(tmp_path: Path) -> None:
    watch = Watch()
    service = Service(
        RequestScopedSessionManager(tmp_path / "rows"),
        AnalyticsLog(),
        limiter=MemoryRateLimiter(Rate(5, seconds=3600.0)),
    )
    report = await stress(service, users=4, requests=8, seed=3, cancelled=0.0, watch=watch)
    refused: Any = sum(
        number for text, number in report.errors.items() if text.startswith("RateLimitedError")
    )
    assert (report.done, refused, sum(report.errors.values())) == (20, 12, 12), str(report)
    assert (report.ledger.leaks, report.survivors) == ({}, {}), str(report)
