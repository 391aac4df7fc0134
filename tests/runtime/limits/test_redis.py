"""The limiter over Redis: one rate for all processes, and a stated answer when Redis is gone."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from cellwall.runtime.errors import StoreUnavailableError
from cellwall.runtime.limits import Rate
from cellwall.runtime.limits.redis import RedisRateLimiter
from cellwall.runtime.outage import Outage


async def test_processes_share_one_rate(redis: Redis, redis_url: str) -> None:
    async with Redis.from_url(redis_url) as other:
        prefix = f"t:{uuid4()}"
        limiters = [
            RedisRateLimiter(
                client, Rate(20, seconds=3600), when_gone=Outage.REFUSE, prefix=prefix, time_limit=60
            )
            for client in (redis, other)
        ]
        decisions = await asyncio.gather(*(one.hit("ada") for _ in range(20) for one in limiters))
        assert [one.allowed for one in decisions].count(True) == 20


async def test_keys_expire_with_the_backlog(redis: Redis) -> None:
    prefix = f"t:{uuid4()}"
    limiter = RedisRateLimiter(redis, Rate(10, seconds=100), when_gone=Outage.REFUSE, prefix=prefix)
    await limiter.hit("ada")
    assert 9_000 < await redis.pttl(f"{prefix}:ada") <= 10_001
    for _ in range(30):
        await limiter.hit("ada")
    assert 90_000 < await redis.pttl(f"{prefix}:ada") <= 100_001


async def test_a_clock_that_was_set_back_locks_nobody_out(redis: Redis) -> None:
    prefix = f"t:{uuid4()}"
    limiter = RedisRateLimiter(redis, Rate(10, seconds=1), when_gone=Outage.REFUSE, prefix=prefix)
    await redis.set(f"{prefix}:ada", str(10**16))  # busy for centuries, said a wrong clock
    refused = await limiter.hit("ada")
    assert not refused.allowed and refused.retry_after <= 0.1 + 1e-6


async def test_redis_gone_midway(mortal_redis: Any) -> None:
    async with Redis.from_url(mortal_redis.url()) as client:
        made = {one: RedisRateLimiter(client, Rate(2, seconds=3600), when_gone=one) for one in Outage}
        assert (await made[Outage.REFUSE].hit("ada")).metered
        mortal_redis.stop()
        with pytest.raises(StoreUnavailableError, match="rate limit cannot be reached"):
            await made[Outage.REFUSE].hit("ada")
        for _ in range(5):
            decision = await made[Outage.ALLOW].hit("ada")
            assert decision.allowed and not decision.metered
        mortal_redis.start()
        assert (await made[Outage.REFUSE].hit("ada")).metered
        assert (await made[Outage.ALLOW].hit("bob")).metered


async def test_a_redis_that_never_answers() -> None:
    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1024):
            pass
        writer.close()

    server = await asyncio.start_server(swallow, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, Redis(host="127.0.0.1", port=port) as client:
        limiter = RedisRateLimiter(client, Rate(1), when_gone=Outage.REFUSE, time_limit=0.05)
        async with asyncio.timeout(20):
            with pytest.raises(StoreUnavailableError):
                await limiter.hit("ada")


async def test_answers_of_cancelled_requests_reach_nobody_else(redis_url: str) -> None:
    """A connection whose reply was not read must never serve the next user."""
    async with Redis.from_url(redis_url, max_connections=3) as client:
        prefix = f"t:{uuid4()}"
        limiter = RedisRateLimiter(client, Rate(1000, seconds=3600), when_gone=Outage.ALLOW, prefix=prefix)
        full = RedisRateLimiter(client, Rate(1, seconds=3600), when_gone=Outage.ALLOW, prefix=f"{prefix}:f")
        await full.hit("mallory")
        for turn in range(60):
            task = asyncio.create_task(full.hit("mallory"))  # whose answer is always a refusal
            for _ in range(turn % 12):
                await asyncio.sleep(0)
            task.cancel()
            decision = await limiter.hit("ada")
            assert decision.allowed
            await asyncio.wait({task})


async def test_a_user_s_name_reaches_no_other_limiter(redis: Redis) -> None:
    prefix = f"t:{uuid4()}"
    outer = RedisRateLimiter(redis, Rate(2, seconds=3600), when_gone=Outage.REFUSE, prefix=prefix)
    inner = RedisRateLimiter(redis, Rate(2, seconds=3600), when_gone=Outage.REFUSE, prefix=f"{prefix}:api")
    for _ in range(2):
        assert (await outer.hit("api:ada")).allowed
    assert (await inner.hit("ada")).remaining == 1
