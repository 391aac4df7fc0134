"""What every list of revoked tokens does: in memory, and over a real Redis with several processes' copies."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis

from cellwall import TokenIssuer
from cellwall.runtime.errors import StoreUnavailableError, TokenInvalidError
from cellwall.runtime.outage import Outage
from cellwall.runtime.tokens import MemoryRevocationList, RevocationList
from cellwall.runtime.tokens.redis_revocation import RedisRevocationList
from cellwall.runtime.tokens.revocation import SWEEP_FROM

Clock = Any


@pytest.fixture(params=["memory", "redis"])
async def revocations(request: pytest.FixtureRequest, clock: Clock) -> AsyncIterator[RevocationList]:
    if request.param == "memory":
        yield MemoryRevocationList(clock)
        return
    redis = Redis.from_url(request.getfixturevalue("redis_url"))
    made = RedisRevocationList(redis, when_gone=Outage.REFUSE, key=f"t:{uuid4()}", clock=clock)
    await made.start()
    yield made
    await made.close()
    await redis.aclose()


async def test_one_token(revocations: RevocationList, clock: Clock) -> None:
    await revocations.revoke_token("t-1", clock.now + 60)
    assert revocations.is_revoked("t-1", "ada", clock.now)
    assert not revocations.is_revoked("t-2", "ada", clock.now)
    assert not revocations.is_revoked("ada", "t-1", clock.now)


async def test_a_user_until_a_moment(revocations: RevocationList, clock: Clock) -> None:
    await revocations.revoke_user("ada", clock.now, clock.now + 60)
    assert revocations.is_revoked("t", "ada", clock.now - 1)
    assert revocations.is_revoked("t", "ada", clock.now)
    assert not revocations.is_revoked("t", "ada", clock.now + 0.001)
    assert not revocations.is_revoked("t", "bob", clock.now - 1)
    assert not revocations.is_revoked("ada", "t", clock.now - 1)


async def test_an_earlier_moment_takes_nothing_back(revocations: RevocationList, clock: Clock) -> None:
    await revocations.revoke_user("ada", clock.now, clock.now + 60)
    await revocations.revoke_user("ada", clock.now - 30, clock.now + 30)
    assert revocations.is_revoked("t", "ada", clock.now - 1)


@pytest.mark.parametrize("name", ["a:b", "user", "é", "x\ny", "*", "' OR 1=1", "a b"])
async def test_unusual_names(revocations: RevocationList, clock: Clock, name: str) -> None:
    await revocations.revoke_user(name, clock.now, clock.now + 60)
    await revocations.revoke_token(name, clock.now + 60)
    assert revocations.is_revoked("t", name, clock.now)
    assert revocations.is_revoked(name, "u", clock.now)
    assert not revocations.is_revoked("t", "u", clock.now)


def test_entries_go_with_their_tokens(clock: Clock) -> None:
    revocations = MemoryRevocationList(clock)
    for number in range(20 * SWEEP_FROM):
        clock.now += 1
        revocations.add_token(f"t-{number}", clock.now + 60)
        revocations.add_user(f"u-{number % 50}", clock.now, clock.now + 60)
    assert len(revocations) <= SWEEP_FROM
    assert revocations.is_revoked(f"t-{number}", "x", 0)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 50), st.integers(1, 50)), max_size=30))
def test_memory_equals_a_list_that_forgets_nothing(entries: list[tuple[str, int, int]]) -> None:
    revocations, model = MemoryRevocationList(lambda: 0.0), []
    for user, before, life in entries:
        revocations.add_user(user, before, before + life)
        model.append((user, before))
        for other in "abc":
            for at in (0, before, before + 1):
                expected = any(name == other and at <= moment for name, moment in model)
                assert revocations.is_revoked("t", other, at) is expected


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  # another process's news arrive by no event of ours
            await asyncio.sleep(0.005)


async def test_other_processes_hear_of_it(redis: Redis, clock: Clock) -> None:
    key = f"t:{uuid4()}"
    async with AsyncExitStack() as stack:
        lists = [RedisRevocationList(redis, when_gone=Outage.REFUSE, key=key, clock=clock) for _ in range(3)]
        for one in lists[:2]:
            await one.start()
            stack.push_async_callback(one.close)
        await lists[0].revoke_token("t-1", clock.now + 60)
        await lists[0].revoke_user("ada", clock.now, clock.now + 60)
        await until(lambda: lists[1].is_revoked("t-1", "x", 0) and lists[1].is_revoked("t", "ada", 0))
        await lists[2].start()  # a process that starts later reads it all before it answers
        stack.push_async_callback(lists[2].close)
        assert lists[2].is_revoked("t-1", "x", 0) and lists[2].is_revoked("t", "ada", 0)
        assert not lists[2].is_revoked("t", "bob", 0)


async def test_a_list_that_never_started_is_trusted_only_when_told_to(redis: Redis) -> None:
    with pytest.raises(StoreUnavailableError):
        RedisRevocationList(redis, when_gone=Outage.REFUSE).is_revoked("t", "ada", 0)
    assert not RedisRevocationList(redis, when_gone=Outage.ALLOW).is_revoked("t", "ada", 0)


async def test_redis_gone_midway(mortal_redis: Any, clock: Clock) -> None:
    now = [0.0]
    redis = Redis.from_url(mortal_redis.url())
    made = {
        outage: RedisRevocationList(redis, when_gone=outage, clock=clock, monotonic=lambda: now[0])
        for outage in Outage
    }
    issuers = {outage: TokenIssuer(b"k" * 32, clock=clock, revocations=made[outage]) for outage in Outage}
    async with AsyncExitStack() as stack:
        stack.push_async_callback(redis.aclose)
        for one in made.values():
            await one.start()
            stack.push_async_callback(one.close)
        revoked, token = (issuers[Outage.REFUSE].generate_token("ada") for _ in range(2))
        for issuer in issuers.values():
            await issuer.revoke_token(revoked) if issuer is issuers[Outage.REFUSE] else None
        await until(lambda: len(made[Outage.ALLOW]._copy) == 1)
        mortal_redis.stop()
        with pytest.raises(StoreUnavailableError):
            await issuers[Outage.REFUSE].revoke_user("ada")
        now[0] += 14  # not too old yet
        assert issuers[Outage.REFUSE].generate_token("bob")
        assert issuers[Outage.ALLOW].decode_token(token)["user_id"] == "ada"
        now[0] += 14  # now it is
        with pytest.raises(StoreUnavailableError):
            issuers[Outage.REFUSE].decode_token(issuers[Outage.ALLOW].generate_token("bob"))
        assert issuers[Outage.ALLOW].decode_token(token)["user_id"] == "ada"
        with pytest.raises(TokenInvalidError):  # what was known stays known
            issuers[Outage.ALLOW].decode_token(revoked)
        mortal_redis.start()
        await until(lambda: made[Outage.REFUSE]._fresh_until > now[0])
        assert issuers[Outage.REFUSE].decode_token(issuers[Outage.ALLOW].generate_token("bob"))


async def test_closing_leaves_no_task(redis: Redis) -> None:
    before = asyncio.all_tasks()
    made = RedisRevocationList(redis, when_gone=Outage.REFUSE, key=f"t:{uuid4()}")
    await made.start()
    await made.close()
    await made.close()
    assert asyncio.all_tasks() == before


async def test_the_stream_is_trimmed(redis: Redis, clock: Clock) -> None:
    key = f"t:{uuid4()}"
    old = [
        await redis.xadd(key, {"token": "old", "until": "1"}, id=f"{number}-1") for number in range(1, 500)
    ]
    made = RedisRevocationList(redis, when_gone=Outage.REFUSE, key=key, clock=clock)
    await made.revoke_token("new", clock.now + 60)
    for work in (made.revoke_token("t", clock.now + 10**6), made.revoke_user("u", 0, clock.now + 10**6)):
        with pytest.raises(ValueError, match="retention"):
            await work
    assert not made._copy.is_revoked("t", "u", 0)
    entries: Any = await redis.xrange(key)
    assert len(old) == 499 and len(entries) < 200  # Redis drops whole nodes of a hundred
    assert entries[-1][1][b"token"] == b"new"


async def test_many_entries_are_read_in_pages(
    redis: Redis, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cellwall.runtime.tokens.redis_revocation.PAGE", 10)
    key = f"t:{uuid4()}"
    pipeline = redis.pipeline(transaction=False)
    for number in range(25):
        pipeline.xadd(key, {"token": f"t-{number}", "until": repr(clock.now + 60)})
    await pipeline.execute()
    made = RedisRevocationList(redis, when_gone=Outage.REFUSE, key=key, clock=clock)
    await made.start()
    try:
        assert all(made.is_revoked(f"t-{number}", "x", 0) for number in range(25))
    finally:
        await made.close()
