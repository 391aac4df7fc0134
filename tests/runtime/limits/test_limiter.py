"""What every limiter does: in memory and over a real Redis."""

import asyncio
from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from cellwall.runtime.errors import RateLimitedError
from cellwall.runtime.limits import MemoryRateLimiter, Rate, RateLimiter, require_allowed
from cellwall.runtime.limits.redis import RedisRateLimiter
from cellwall.runtime.outage import Outage

Make = Callable[[Rate], RateLimiter]


@pytest.fixture(params=["memory", "redis"])
async def make(request: pytest.FixtureRequest) -> AsyncIterator[Make]:
    if request.param == "memory":
        yield MemoryRateLimiter
        return
    redis = Redis.from_url(request.getfixturevalue("redis_url"))
    yield lambda rate: RedisRateLimiter(
        redis, rate, when_gone=Outage.REFUSE, prefix=f"t:{uuid4()}", time_limit=30
    )
    await redis.aclose()


async def test_a_burst_and_no_more(make: Make) -> None:
    limiter = make(Rate(5, seconds=3600))
    remaining = [(await limiter.hit("ada")).remaining for _ in range(5)]
    assert remaining == [4, 3, 2, 1, 0]
    refused = await limiter.hit("ada")
    assert not refused.allowed and refused.remaining == 0
    assert 700 < refused.retry_after <= 720
    assert 700 < refused.retry_after_seconds <= 720


async def test_one_users_limit_is_nobody_elses(make: Make) -> None:
    limiter = make(Rate(2, seconds=3600))
    for _ in range(10):
        await limiter.hit("ada")
    for user_id in ("bob", "ada ", "ADA", "ada:", "a", "ada*", "áda"):
        assert (await limiter.hit(user_id)).remaining == 1, user_id
    assert not (await limiter.hit("ada")).allowed


async def test_refusals_do_not_cost(make: Make) -> None:
    limiter = make(Rate(10, seconds=1, burst=1))
    assert (await limiter.hit("ada")).allowed
    for _ in range(20):
        await limiter.hit("ada")
    refused = await limiter.hit("ada")
    assert refused.allowed or refused.retry_after <= 0.1


async def test_time_brings_it_back(make: Make) -> None:
    limiter = make(Rate(20, seconds=1, burst=1))
    await limiter.hit("ada")
    async with asyncio.timeout(10):
        while not (decision := await limiter.hit("ada")).allowed:  # noqa: ASYNC110  # time is what is waited for
            await asyncio.sleep(decision.retry_after)
    assert decision.allowed


async def test_many_at_once(make: Make) -> None:
    limiter = make(Rate(10, seconds=3600))
    decisions = await asyncio.gather(*(limiter.hit(user) for _ in range(15) for user in ("ada", "bob")))
    assert [one.allowed for one in decisions].count(True) == 20


async def test_the_error(make: Make) -> None:
    limiter = make(Rate(1, seconds=3600))
    assert (await require_allowed(limiter, "ada")).allowed
    with pytest.raises(RateLimitedError, match=r"try again in \d+ s") as caught:
        await require_allowed(limiter, "ada")
    assert 3500 < caught.value.retry_after <= 3600
    assert "ada" not in str(caught.value)


@pytest.mark.parametrize(
    "numbers", [(0, 1, 0), (-1, 1, 0), (1, 0, 0), (1, -1, 0), (1, 1, -1), (1, float("inf"), 0)]
)
def test_rates_that_are_none(numbers: tuple[int, float, int]) -> None:
    with pytest.raises(ValueError, match="above zero"):
        Rate(numbers[0], seconds=numbers[1], burst=numbers[2])
