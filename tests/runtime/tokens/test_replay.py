"""An id is new once, for everybody who asks."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from cellwall.runtime.errors import StoreUnavailableError
from cellwall.runtime.tokens import MemoryReplayGuard, ReplayGuard
from cellwall.runtime.tokens.redis_replay import RedisReplayGuard
from cellwall.runtime.tokens.replay import SWEEP_FROM

Clock = Any


@pytest.fixture(params=["memory", "redis"])
async def guard(request: pytest.FixtureRequest, clock: Clock) -> AsyncIterator[ReplayGuard]:
    if request.param == "memory":
        yield MemoryReplayGuard(clock)
        return
    redis = Redis.from_url(request.getfixturevalue("redis_url"))
    yield RedisReplayGuard(redis, prefix=f"t:{uuid4()}", clock=clock)
    await redis.aclose()


async def test_once(guard: ReplayGuard, clock: Clock) -> None:
    assert await guard.first_use("one", clock.now + 60)
    assert not await guard.first_use("one", clock.now + 60)
    assert await guard.first_use("two", clock.now + 60)


async def test_of_many_at_once_one_is_first(guard: ReplayGuard, clock: Clock) -> None:
    answers = await asyncio.gather(*(guard.first_use("one", clock.now + 60) for _ in range(30)))
    assert sum(answers) == 1


async def test_memory_is_bounded(clock: Clock) -> None:
    guard = MemoryReplayGuard(clock)
    for number in range(20 * SWEEP_FROM):
        clock.now += 1
        assert await guard.first_use(str(number), clock.now + 60)
    assert len(guard) <= SWEEP_FROM
    assert not await guard.first_use(str(number), clock.now + 60)


async def test_ids_in_redis_expire(redis: Redis, clock: Clock) -> None:
    prefix = f"t:{uuid4()}"
    await RedisReplayGuard(redis, prefix=prefix, clock=clock).first_use("one", clock.now + 60)
    assert 60 <= await redis.ttl(f"{prefix}:one") <= 61


async def test_without_redis_nothing_is_first(mortal_redis: Any) -> None:
    redis = Redis.from_url(mortal_redis.url())
    mortal_redis.stop()
    with pytest.raises(StoreUnavailableError, match="try again"):
        await RedisReplayGuard(redis).first_use("one", 1.0)
    await redis.aclose()
