"""The cache over Redis: names never collide, and a foreign value is given to nobody."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis

from cellwall.runtime.errors import StoreUnavailableError
from cellwall.runtime.redis_cache import RedisCacheStore, escaped
from cellwall.runtime.redis_call import TIME_LIMIT

TEXT = st.text(min_size=1, max_size=12) | st.text(alphabet=":{}%*\\/a", min_size=1, max_size=8)
STORE = RedisCacheStore(Redis())


def full_name(owner: str, key: str) -> str:
    return f"{STORE.name_of(owner)}:generation:{escaped(key)}"


@given(TEXT, TEXT, TEXT, TEXT)
def test_no_two_pairs_have_one_name(owner: str, key: str, other_owner: str, other_key: str) -> None:
    if (owner, key) != (other_owner, other_key):
        assert full_name(owner, key) != full_name(other_owner, other_key)


@given(TEXT)
def test_names_hold_nothing_special(owner: str) -> None:
    name = STORE.name_of(owner)
    inner = name.removeprefix("cellwall:cache:{").removesuffix("}")
    assert inner.isascii() and not set(inner) & set(":{}*?[]\\ \n\0")


@pytest.mark.parametrize("prefix", ["", "a{b}", "a b", "a*", ":"])
def test_prefixes_that_are_none(prefix: str) -> None:
    if prefix == ":":
        assert RedisCacheStore(Redis(), prefix="a:b-c_d.e")
    else:
        with pytest.raises(ValueError, match="prefix"):
            RedisCacheStore(Redis(), prefix=prefix)


async def test_a_foreign_value_is_thrown_away(redis_url: str, caplog: pytest.LogCaptureFixture) -> None:
    async with Redis.from_url(redis_url) as redis:
        store = RedisCacheStore(redis, prefix=f"t:{uuid4()}")
        await store.set("ada", "k", '"secret"', 60)
        generation = (await redis.get(store.name_of("ada"))).decode()
        stored = await redis.get(f"{store.name_of('ada')}:{generation}:k")
        assert json.loads(stored) == ["ada", "k", '"secret"']
        await store.set("bob", "k", '"own"', 60)
        bobs = (await redis.get(store.name_of("bob"))).decode()
        await redis.set(f"{store.name_of('bob')}:{bobs}:k", stored)  # as a mixed-up reply would look
        assert await store.get("bob", "k") is None
        (record,) = caplog.records
        assert "another owner" in record.getMessage() and "secret" not in record.getMessage()


async def test_names_expire(redis_url: str) -> None:
    async with Redis.from_url(redis_url) as redis:
        prefix = f"t:{uuid4()}"
        await RedisCacheStore(redis, prefix=prefix).set("ada", "k", "1", 60)
        names = [name async for name in redis.scan_iter(f"{prefix}:*")]
        assert len(names) == 2
        assert all([await redis.pttl(name) > 0 for name in names])


async def test_redis_gone_midway(mortal_redis: Any) -> None:
    async with Redis.from_url(mortal_redis.url()) as redis:
        store = RedisCacheStore(redis)
        await store.set("ada", "k", "1", 60)
        mortal_redis.stop()
        for work in (store.get("ada", "k"), store.set("ada", "k", "2", 60), store.forget_user("ada")):
            with pytest.raises(StoreUnavailableError, match="cache cannot be reached"):
                await work
        mortal_redis.start()
        assert await store.get("ada", "k") is None
        await store.set("ada", "k", "3", 60)
        assert await store.get("ada", "k") == "3"


async def test_who_hangs_is_as_good_as_gone_when_its_time_is_up() -> None:
    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(swallow, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, Redis(host="127.0.0.1", port=port) as redis:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        with pytest.raises(StoreUnavailableError, match="cache cannot be reached"):
            await RedisCacheStore(redis, time_limit=TIME_LIMIT + 0.1).get("ada", "k")
        assert loop.time() - begun >= TIME_LIMIT + 0.1


async def test_cancelled_requests_leave_their_answers_to_nobody(redis_url: str) -> None:
    async with Redis.from_url(redis_url, max_connections=4) as redis:
        store = RedisCacheStore(redis, prefix=f"t:{uuid4()}")
        names = [f"user-{number}" for number in range(8)]
        for name in names:
            await store.set(name, "who", name, 60)
        for turn in range(80):
            victim = asyncio.create_task(store.get(names[turn % 8], "who"))
            for _ in range(turn % 15):
                await asyncio.sleep(0)
            victim.cancel()
            asker = names[(turn + 1) % 8]
            assert await store.get(asker, "who") == asker
            await asyncio.wait({victim})
