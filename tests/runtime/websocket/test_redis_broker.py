"""Redis goes away midway: local delivery goes on, errors are clear, and nobody is told that all is well."""

import asyncio
import json
import logging
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from redis.asyncio import Redis

from cellwall import WebSocketConnectionPool
from cellwall.runtime.errors import StoreUnavailableError
from cellwall.runtime.websocket import Message
from cellwall.runtime.websocket.redis_broker import RedisBroker
from cellwall.runtime.websocket.wire import channel_of, encode_message
from tests.servers import RunningRedis

Until = Callable[[Callable[[], bool]], Any]


async def test_no_server_is_a_clear_error() -> None:
    broker = RedisBroker("redis://:geheim@127.0.0.1:1/0")
    with pytest.raises(StoreUnavailableError) as caught:
        await broker.open()
    assert "geheim" not in str(caught.value) and caught.value.__cause__ is None
    with pytest.raises(StoreUnavailableError, match="not open"):
        broker.publish(Message("ada", "there", 1, None, "{}"))
    await broker.close()


async def test_a_wrong_password_is_a_clear_error(redis_url: str) -> None:
    url = f"redis://:geheim@{redis_url.rpartition('@')[2]}"
    with pytest.raises(StoreUnavailableError) as caught:
        await RedisBroker(url).open()
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("prefix", ["", "a*", "a:b", "a\n", "ä", "x" * 65])
def test_prefixes_that_could_reach_further_are_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        RedisBroker("redis://127.0.0.1", prefix=prefix)


async def test_local_delivery_goes_on_and_the_rest_comes_back(
    mortal_redis: RunningRedis, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    url = mortal_redis.url()
    async with RedisBroker(url) as one, RedisBroker(url) as other:
        here, there = WebSocketConnectionPool(broker=one), WebSocketConnectionPool(broker=other)
        phone = await here.register_connection("ada", "phone")
        laptop = await there.register_connection("ada", "laptop")
        await here.send_to_user("ada", {"n": 1})
        await until(lambda: bool(laptop.received_events))

        mortal_redis.stop()
        await until(lambda: not one.available and not other.available)
        tablet = await here.register_connection("ada", "tablet")
        late = await there.register_connection("bob", "late")
        assert await here.send_to_user("ada", {"n": 2}) == 2
        assert phone.received_events == [{"n": 1}, {"n": 2}]
        assert tablet.received_events == [{"n": 2}]

        await asyncio.to_thread(mortal_redis.start)
        await until(lambda: one.available and other.available and one.waiting == 0)
        await here.send_to_user("ada", {"n": 3})
        await here.send_to_user("bob", {"n": 4})
        await until(lambda: {"n": 3} in laptop.received_events and bool(late.received_events))
        assert late.received_events == [{"n": 4}]
        seen = [event["n"] for event in laptop.received_events]
        assert seen in ([1, 3], [1, 2, 3])  # 2 was published while the other one was away, or not
        assert [event["n"] for event in phone.received_events] == [1, 2, 3]
        assert here.stats().unpublished == 0
        await here.close()
        await there.close()
    for record in caplog.records:
        assert url.partition("@")[0] not in record.getMessage()


async def test_a_full_outbox_is_counted_and_harms_no_local_client(
    mortal_redis: RunningRedis, until: Until
) -> None:
    async with RedisBroker(mortal_redis.url(), outbox_size=10) as broker:
        pool = WebSocketConnectionPool(broker=broker)
        client = await pool.register_connection("ada", "ws-1")
        mortal_redis.stop()
        await until(lambda: not broker.available)
        for number in range(25):
            await pool.send_to_user("ada", {"n": number})
        assert len(client.received_events) == 25
        assert (pool.stats().unpublished, broker.waiting) == (15, 10)
        with pytest.raises(StoreUnavailableError, match="wait"):
            broker.publish(Message("ada", "there", 1, None, "{}"))
        await pool.close()


async def test_who_resumes_hears_of_the_gap(mortal_redis: RunningRedis, until: Until) -> None:
    async with RedisBroker(mortal_redis.url()) as broker:
        pool = WebSocketConnectionPool(broker=broker)
        client = await pool.register_connection("ada", "ws-1", resume=True)
        await pool.send_to_user("ada", {"n": 1})
        before = pool.position_of("ada")
        mortal_redis.stop()
        await until(lambda: not broker.available)
        during = pool.position_of("ada")
        await asyncio.to_thread(mortal_redis.start)
        await until(lambda: broker.available and pool.position_of("ada") != during)
        assert before is not None and during is not None
        assert client.received_events[-1]["recovered"] is False
        for position in (before, during):
            again = await pool.register_connection("ada", f"at-{position.epoch}", resume=position)
            assert [event.get("recovered") for event in again.received_events] == [False]
        await pool.close()


async def test_what_is_no_message_of_the_channels_owner_is_refused(redis_url: str, until: Until) -> None:
    """Somebody who can publish in Redis puts Bob's message, and rubbish, into Ada's channel."""
    prefix = f"t{secrets.token_hex(8)}"
    async with RedisBroker(redis_url, prefix=prefix) as broker, Redis.from_url(redis_url) as stranger:
        pool = WebSocketConnectionPool(broker=broker)
        ada = await pool.register_connection("ada", "ws-1", resume=True)
        channel = channel_of(prefix, "ada")
        hostile: list[bytes] = [
            encode_message(Message("bob", "x", 1, None, '{"secret":1}')),
            b"",
            b"\xff\xfe",
            b"{}",
            b"[" * 100_000,
            json.dumps([1, "ada", "x", 1, None, '{"a":1},"epoch":"forged"']).encode(),
            json.dumps([1, "ada", "x", True, None, "{}"]).encode(),
            json.dumps([1, "ada", "x", 1, None, "[]"]).encode(),
            json.dumps([1, "ada", "x", 1, None, '{"n":NaN}']).encode(),
            json.dumps([2, "ada", "x", 1, None, "{}"]).encode(),
        ]
        for data in hostile:
            assert await stranger.publish(channel, data) == 1
        await stranger.publish(channel, encode_message(Message("ada", "x", 1, None, '{"n":1}')))
        await until(lambda: len(ada.received_events) == 2)
        assert ada.received_events[1]["event"] == {"n": 1}
        assert pool.stats().refused == len(hostile)
        await pool.close()


async def test_nothing_is_left_after_the_end(redis_url: str) -> None:
    tasks = asyncio.all_tasks()
    broker = RedisBroker(redis_url, prefix=f"t{secrets.token_hex(8)}")
    async with broker:
        await broker.open()  # a second time: nothing happens
        pool = WebSocketConnectionPool(broker=broker)
        await pool.register_connection("ada", "ws-1")
        await pool.send_to_user("ada", {"n": 1})
        assert broker.available
    assert not broker.available
    await pool.send_to_user("ada", {"n": 2})
    assert pool.stats().unpublished == 1
    await pool.close()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == tasks


async def test_one_line_in_the_log_for_one_outage(
    mortal_redis: RunningRedis, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "cellwall")
    async with RedisBroker(mortal_redis.url()) as broker:
        pool = WebSocketConnectionPool(broker=broker)
        mortal_redis.stop()
        for number in range(20):
            await pool.send_to_user("ada", {"n": number})
        await until(lambda: not broker.available)
        await asyncio.sleep(0.3)  # some tries in vain
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("cellwall")]
    assert len([text for text in ours if "brings no messages" in text]) == 1
    assert len([text for text in ours if "takes no messages" in text]) == 1


class Proxy:
    """Stands between a broker and Redis, and can lose what Redis answers to those who publish."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.loses = False
        self.tasks: set[asyncio.Task[Any]] = set()
        self.answers: set[asyncio.Task[None]] = set()

    def hush(self) -> None:
        """Let nothing through any more on the lines that there are."""
        for answer in self.answers:
            answer.cancel()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        there, back = await asyncio.open_connection("127.0.0.1", self.port)
        answers = asyncio.create_task(self.answer(there, writer))
        self.answers.add(answers)
        try:
            while data := await reader.read(65536):
                if b"PUBLISH" in data and self.loses:
                    answers.cancel()
                back.write(data)
        except asyncio.CancelledError:
            return  # the server's own callback on Python 3.11 complains about a cancelled task
        finally:
            answers.cancel()
            back.close()
            writer.close()

    async def answer(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            sink.write(data)

    async def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


async def test_answers_that_get_lost_double_nothing(redis_url: str, until: Until) -> None:
    """Redis takes a batch, its answer is lost, so the batch is sent again: clients see each event once."""
    host = redis_url.rpartition("@")[2].partition("/")[0]
    proxy = Proxy(int(host.rpartition(":")[2]))
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    url = redis_url.replace(host, f"127.0.0.1:{server.sockets[0].getsockname()[1]}")
    prefix = f"t{secrets.token_hex(8)}"
    try:
        async with (
            RedisBroker(url, prefix=prefix, timeout=0.2) as flaky,
            RedisBroker(redis_url, prefix=prefix) as steady,
        ):
            here, there = WebSocketConnectionPool(broker=flaky), WebSocketConnectionPool(broker=steady)
            client = await there.register_connection("ada", "ws-1")
            proxy.loses = True
            for number in range(50):
                await here.send_to_user("ada", {"n": number})
            await until(lambda: there.stats().repeated >= 50)
            assert not flaky.available
            proxy.loses = False
            await here.send_to_user("ada", {"n": 50})
            await until(lambda: flaky.waiting == 0 and len(client.received_events) >= 51)
            assert [event["n"] for event in client.received_events] == list(range(51))
            await here.close()
            await there.close()
    finally:
        server.close()
        await proxy.close()


async def test_a_redis_that_falls_silent_is_noticed(redis_url: str, until: Until) -> None:
    """The line stays up and nothing comes any more: not an error, so it is asked for."""
    host = redis_url.rpartition("@")[2].partition("/")[0]
    proxy = Proxy(int(host.rpartition(":")[2]))
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    url = redis_url.replace(host, f"127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        async with RedisBroker(url, prefix=f"t{secrets.token_hex(8)}", timeout=0.2) as broker:
            pool = WebSocketConnectionPool(broker=broker)
            client = await pool.register_connection("ada", "ws-1", resume=True)
            before = pool.position_of("ada")
            proxy.hush()
            await until(lambda: pool.position_of("ada") != before)
            await until(lambda: broker.available)
            assert client.received_events[-1]["recovered"] is False
            await pool.close()
    finally:
        server.close()
        await proxy.close()
