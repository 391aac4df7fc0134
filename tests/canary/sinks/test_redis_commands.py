"""Redis: commands are written, replies and messages read; with both clients."""

from typing import Any

import redis
import redis.asyncio

from cellwall.canary import CanaryBook, Watch, viewing
from cellwall.canary.sinks.redis_commands import RedisSink

book = CanaryBook(7)
ALICE, BOB = book.issue("alice").value, book.issue("bob").value


def told(watch: Watch) -> list[tuple[str, str, str]]:
    return [(one.owner, one.where, one.reach) for one in watch.sightings]


async def test_the_client_of_asyncio(redis_url: str) -> None:
    client = redis.asyncio.Redis.from_url(redis_url)
    with Watch(book, [RedisSink()]) as watch:
        with viewing("alice"):
            await client.set("cellwall-test:last", ALICE)
        with viewing("bob"):
            assert await client.get("cellwall-test:last")
            await client.set(f"cellwall-test:{BOB}", BOB)
            assert told(watch) == [("alice", "GET reply", "read")]
            await client.set(f"cellwall-test:{BOB}", ALICE)
            async with client.pipeline() as pipeline:
                pipeline.get("cellwall-test:last")
                pipeline.hset(f"cellwall-test:h:{BOB}", mapping={"a": ALICE})
                await pipeline.execute()
    assert told(watch)[1:] == [
        ("alice", "SET command", "written"),
        ("alice", "HSET command", "written"),
        ("alice", "reply to a pipeline", "read"),
    ]
    await client.delete("cellwall-test:last", f"cellwall-test:{BOB}", f"cellwall-test:h:{BOB}")
    await client.aclose()


async def test_messages_of_a_subscription(redis_url: str) -> None:
    client = redis.asyncio.Redis.from_url(redis_url)
    subscription: Any = client.pubsub()
    with Watch(book, [RedisSink()]) as watch, viewing("bob"):
        await subscription.subscribe("cellwall-test")
        await client.publish("cellwall-test", ALICE)
        got = None
        while got is None:
            got = await subscription.get_message(ignore_subscribe_messages=True, timeout=1)
    assert told(watch) == [("alice", "message of a subscription", "read")]
    assert [one.where for one in watch.hints] == ["PUBLISH command"]
    await subscription.aclose()
    await client.aclose()


def test_the_client_of_threads(redis_url: str) -> None:
    client = redis.Redis.from_url(redis_url)
    with Watch(book, [RedisSink()]) as watch:
        with viewing("alice"):
            client.set("cellwall-test:last", ALICE)
        with viewing("bob"):
            assert client.get("cellwall-test:last")
            assert client.pipeline().get("cellwall-test:last").execute() == [ALICE.encode()]
    assert told(watch) == [("alice", "GET reply", "read"), ("alice", "reply to a pipeline", "read")]
    client.delete("cellwall-test:last")
    client.close()
