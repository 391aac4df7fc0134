"""A user's cache holds a user's values: in memory and over a real Redis."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis

from cellwall import UserExecutionContext, cleanup_user_context
from cellwall.runtime.cache import MAX_KEY_LENGTH, MemoryCacheStore, UserCache
from cellwall.runtime.errors import ContextClosedError, InvalidIdError
from cellwall.runtime.redis_cache import RedisCacheStore

NAMES = ["a", "b", "a:b", ":", "a:", ":b", "a{b}", "{a}b", "*", "a b", "é", "%3A", "a%3Ab", "7", "x" * 200]


@pytest.fixture(params=["memory", "redis"])
async def cache(request: pytest.FixtureRequest) -> AsyncIterator[UserCache]:
    if request.param == "memory":
        yield UserCache()
        return
    redis = Redis.from_url(request.getfixturevalue("redis_url"))
    yield UserCache(RedisCacheStore(redis, prefix=f"t:{uuid4()}"))
    await redis.aclose()


def user(name: str) -> UserExecutionContext:
    return UserExecutionContext.create_for_user(name)


async def test_own_values_and_nobody_elses(cache: UserCache) -> None:
    for owner in NAMES:
        for key in NAMES:
            await cache.set(user(owner), key, [owner, key])
    for owner in NAMES:
        for key in NAMES:
            assert await cache.get(user(owner), key) == [owner, key]
            assert await cache.get(user(owner + "!"), key) is None


@pytest.mark.parametrize("value", [0, "", False, [], {}, 1.5, "é\u2028\0", {"a": [1, {"b": None}]}])
async def test_json_values(cache: UserCache, value: Any) -> None:
    await cache.set(user("ada"), "key", value)
    assert await cache.get(user("ada"), "key") == value


async def test_what_comes_back_is_a_copy(cache: UserCache) -> None:
    value = {"list": [1]}
    await cache.set(user("ada"), "key", value)
    value["list"].append(2)
    first = await cache.get(user("ada"), "key")
    first["list"].append(3)
    assert await cache.get(user("ada"), "key") == {"list": [1]}


async def test_deleting_and_forgetting(cache: UserCache) -> None:
    for owner in ("ada", "ad", "bob"):
        for key in ("one", "two"):
            await cache.set(user(owner), key, owner)
    await cache.delete(user("ada"), "one")
    assert [await cache.get(user("ada"), key) for key in ("one", "two")] == [None, "ada"]
    await cache.invalidate_user("ada")
    assert await cache.get(user("ada"), "two") is None
    assert [await cache.get(user(owner), "two") for owner in ("ad", "bob")] == ["ad", "bob"]
    await cache.set(user("ada"), "two", "new")
    assert await cache.get(user("ada"), "two") == "new"
    assert await cache.get(user("ada"), "one") is None
    await cache.invalidate_user("nobody")
    with pytest.raises(InvalidIdError):
        await cache.invalidate_user("")


async def test_values_end(cache: UserCache) -> None:
    await cache.set(user("ada"), "short", 1, seconds=0.02)
    await cache.set(user("ada"), "long", 2)
    await cache.set(user("ada"), "replaced", 3)
    await cache.set(user("ada"), "replaced", 4, seconds=0)
    await asyncio.sleep(0.05)
    assert [await cache.get(user("ada"), key) for key in ("short", "long", "replaced")] == [None, 2, None]


async def test_after_the_request_it_is_shut(cache: UserCache) -> None:
    context = user("ada")
    await cleanup_user_context(context)
    for work in (cache.get(context, "k"), cache.set(context, "k", 1), cache.delete(context, "k")):
        with pytest.raises(ContextClosedError):
            await work


@pytest.mark.parametrize("value", [object(), {1, 2}, float("nan"), b"bytes", "x" * 1_000_001])
async def test_values_that_are_none(cache: UserCache, value: Any) -> None:
    with pytest.raises(ValueError, match=r"JSON|characters"):
        await cache.set(user("ada"), "key", value)
    assert await cache.get(user("ada"), "key") is None


@pytest.mark.parametrize("key", ["", "x" * (MAX_KEY_LENGTH + 1), 7, None, b"k"])
async def test_keys_that_are_none(cache: UserCache, key: Any) -> None:
    with pytest.raises(ValueError, match="key of the cache"):
        await cache.get(user("ada"), key)


OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(["get", "set", "short", "delete", "forget", "wait"]),
        st.sampled_from("abc"),
        st.sampled_from(["x", "y", "a:x"]),
    ),
    max_size=60,
)


@given(OPERATIONS)
def test_memory_equals_a_dictionary_that_forgets(operations: list[tuple[str, str, str]]) -> None:
    async def run() -> None:
        now, model = [0.0], {}
        store = MemoryCacheStore(entries=6, entries_per_user=2, characters=8, clock=lambda: now[0])
        for number, (what, owner, key) in enumerate(operations):
            if what in ("set", "short"):
                life = 1.0 if what == "short" else 100.0
                await store.set(owner, key, str(number % 10), life)
                model[owner, key] = (str(number % 10), now[0] + life)
            elif what == "delete":
                await store.set(owner, key, None, 0)
                model.pop((owner, key), None)
            elif what == "forget":
                await store.forget_user(owner)
                model = {pair: value for pair, value in model.items() if pair[0] != owner}
            elif what == "wait":
                now[0] += 1
            found = await store.get(owner, key)
            expected = model.get((owner, key))
            assert found is None or (expected is not None and found == expected[0] and now[0] < expected[1])
            assert what != "set" or found is not None
            assert len(store) <= 6

    asyncio.run(run())


async def test_a_greedy_user_pushes_out_their_own_first() -> None:
    cache = UserCache(MemoryCacheStore(entries=20, entries_per_user=10))
    await cache.set(user("ada"), "k", 1)
    for number in range(500):
        await cache.set(user("mallory"), str(number), number)
    assert await cache.get(user("ada"), "k") == 1


async def test_memory_is_bounded_by_what_it_holds() -> None:
    store = MemoryCacheStore(characters=10_000)
    for number in range(500):
        await store.set(f"user-{number}", "k", "x" * 1000, 60)
    assert len(store) == 10


async def test_many_users_with_cancellations() -> None:
    dice = random.Random(7)
    cache = UserCache(MemoryCacheStore(entries=50))

    async def request(name: str) -> Any:
        await cache.set(user(name), "who", name)
        await asyncio.sleep(0)
        return await cache.get(user(name), "who")

    for _ in range(100):
        names = [f"user-{number}" for number in range(20)]
        tasks = [asyncio.create_task(request(name)) for name in names]
        dice.choice(tasks).cancel()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(
            isinstance(a, BaseException) or a in (n, None) for n, a in zip(names, answers, strict=True)
        )
