"""A connection with a transport: bounded, never in the way, gone when it fails."""

import asyncio
import gc
import threading
import weakref
from collections.abc import Callable
from typing import Any

import pytest

from cellwall import SlowReader, UserExecutionContext, WebSocketConnectionPool, cleanup_user_context
from cellwall.runtime.errors import ContextClosedError, InvalidEventError, QueueOverflowError
from tests.full_collection import collect

Make = Callable[[], Any]
Settle = Callable[[], Any]


async def test_a_ready_client_has_its_event_at_once(tape: Make) -> None:
    pool, client = WebSocketConnectionPool(), tape()
    connection = await pool.register_connection("ada", "ws-1", client)
    for number in range(3):
        await pool.send_to_user("ada", {"n": number})
        assert len(client.sent) == number + 1
    assert [event["n"] for event in client.sent] == [0, 1, 2]
    assert (connection.sent, connection.dropped) == (3, 0)


async def test_emitted_events_follow_in_order(ada: UserExecutionContext, tape: Make, settle: Settle) -> None:
    pool, client = WebSocketConnectionPool(), tape()
    await pool.register_connection("ada", "ws-1", client)
    emitter = pool.create_emitter(ada)
    for number in range(100):
        emitter.emit_event("n", {"n": number})
    assert client.sent == []
    await settle()
    assert [event["data"]["n"] for event in client.sent] == list(range(100))


async def test_a_slow_reader_loses_its_oldest_events_and_stops_nobody(tape: Make, settle: Settle) -> None:
    pool, slow, quick = WebSocketConnectionPool(queue_size=5), tape(), tape()
    slow.gate.clear()
    connection = await pool.register_connection("ada", "slow", slow)
    await pool.register_connection("ada", "quick", quick)
    for number in range(50):
        await pool.send_to_user("ada", {"n": number})
    assert [event["n"] for event in quick.sent] == list(range(50))
    assert (connection.dropped, connection.waiting) == (44, 5)  # one is on its way
    slow.gate.set()
    await settle()
    assert [event["n"] for event in slow.sent] == [0, 45, 46, 47, 48, 49]


async def test_large_events_fill_a_queue_by_their_bytes(tape: Make, settle: Settle) -> None:
    pool, client = WebSocketConnectionPool(queue_bytes=1000), tape()
    client.gate.clear()
    connection = await pool.register_connection("ada", "ws-1", client)
    for number in range(10):
        await pool.send_to_user("ada", {"n": number, "text": "x" * 400})
    assert (connection.dropped, connection.waiting) == (7, 2)
    with pytest.raises(InvalidEventError, match="1000"):
        await pool.send_to_user("ada", {"text": "x" * 1000})
    client.gate.set()
    await settle()
    assert [event["n"] for event in client.sent] == [0, 8, 9]


async def test_a_slow_reader_is_disconnected_where_told(tape: Make, settle: Settle) -> None:
    pool, client = WebSocketConnectionPool(queue_size=5, slow_reader=SlowReader.DISCONNECT), tape()
    client.gate.clear()
    connection = await pool.register_connection("ada", "ws-1", client)
    for number in range(7):
        await pool.send_to_user("ada", {"n": number})
    await settle()
    assert isinstance(connection.failure, QueueOverflowError)
    assert (client.closes, client.sent, pool.connection_count()) == (1, [], 0)
    assert await pool.send_to_user("ada", {"event": 8}) == 0
    assert (pool.stats().dropped, pool.stats().failed) == (6, 1)


@pytest.mark.parametrize("error", [ConnectionResetError("secret of the network"), asyncio.CancelledError()])
async def test_a_broken_transport_leaves_the_pool(
    error: BaseException, caplog: pytest.LogCaptureFixture, tape: Make, settle: Settle
) -> None:
    caplog.set_level("INFO", "cellwall")  # clients vanish all day: nothing to warn about
    pool, broken, good = WebSocketConnectionPool(), tape(), tape()
    broken.error = error
    connection = await pool.register_connection("ada", "ws-1", broken)
    await pool.register_connection("bob", "ws-2", good)
    await pool.send_to_user("ada", {"event": "x"})
    await settle()
    assert connection.failure is error
    assert (pool.connection_count("ada"), broken.closes) == (0, 1)
    assert await pool.send_to_user("bob", {"event": "y"}) == 1
    assert good.sent == [{"event": "y"}]
    assert type(error).__name__ in caplog.text and "secret" not in caplog.text


async def test_disconnect_forgets_what_waits_and_leaves_no_task(tape: Make, settle: Settle) -> None:
    before = asyncio.all_tasks()
    pool, client = WebSocketConnectionPool(), tape()
    client.gate.clear()
    connection = await pool.register_connection("ada", "ws-1", client)
    for number in range(3):
        await pool.send_to_user("ada", {"n": number})
    await pool.disconnect("ada", "ws-1")
    await connection.close()
    client.gate.set()
    assert connection.offer("{}") is False
    await settle()
    assert (client.sent, client.closes, connection.waiting) == ([], 1, 0)
    assert asyncio.all_tasks() == before


async def test_an_idle_connection_has_no_task(tape: Make, settle: Settle) -> None:
    pool = WebSocketConnectionPool()
    before = asyncio.all_tasks()
    await pool.register_connection("ada", "ws-1", tape())
    await pool.send_to_user("ada", {"event": "x"})
    await settle()
    assert asyncio.all_tasks() == before


async def test_close_waits_for_what_is_ending(tape: Make) -> None:
    pool, client = WebSocketConnectionPool(), tape()
    client.error = ConnectionResetError()
    await pool.register_connection("ada", "ws-1", client)
    await pool.send_to_user("ada", {"event": "x"})
    assert client.closes == 0
    await pool.close()
    assert client.closes == 1


async def test_one_device_is_closed_while_another_is_written_to(tape: Make, settle: Settle) -> None:
    pool = WebSocketConnectionPool()

    class Closer:
        async def send(self, event: Any) -> None:
            ended.append(await pool.disconnect("ada", "itself"))

        async def close(self) -> None:
            pass

    other, ended = tape(), list[bool]()
    await pool.register_connection("ada", "itself", Closer())
    await pool.register_connection("ada", "other", other)
    await pool.send_to_user("ada", {"n": 1})
    await settle()
    assert [c.connection_id for c in pool.connections_of("ada")] == ["other"]
    assert other.sent == [{"n": 1}]
    assert ended == [True]  # the writer that closes its own connection is not cancelled for it


class Stubborn:
    """A transport whose send and close hang, and ignore that they are cancelled, until told to end."""

    def __init__(self) -> None:
        self.end = asyncio.Event()
        self.begun = 0

    async def send(self, event: Any) -> None:
        self.begun += 1
        while not self.end.is_set():
            try:
                await self.end.wait()
            except asyncio.CancelledError:
                continue

    async def close(self) -> None:
        await self.send({})


async def test_a_transport_that_never_ends_holds_up_nobody(tape: Make, caplog: Any, settle: Settle) -> None:
    pool, stubborn, good = WebSocketConnectionPool(close_timeout=0.01), Stubborn(), tape()
    await pool.register_connection("ada", "ws-1", stubborn)
    await pool.register_connection("ada", "ws-2", good)
    for number in range(1000):
        await pool.send_to_user("ada", {"n": number})
    assert len(good.sent) == 1000
    await pool.close()
    assert stubborn.begun == 2 and good.closes == 1
    assert "does not end" in caplog.text
    stubborn.end.set()
    await settle()
    assert {task for task in asyncio.all_tasks() if task is not asyncio.current_task()} == set()


async def test_closing_while_a_thousand_wait(tape: Make, settle: Settle) -> None:
    before = asyncio.all_tasks()
    pool, tapes = WebSocketConnectionPool(queue_size=1000), [tape() for _ in range(5)]
    for number, client in enumerate(tapes):
        client.gate.clear()
        await pool.register_connection("ada", f"ws-{number}", client)
    for number in range(1001):
        await pool.send_to_user("ada", {"n": number})
    assert pool.stats().queued == 5000
    await pool.close()
    assert [client.closes for client in tapes] == [1] * 5
    assert (pool.stats().queued, pool.connection_count()) == (0, 0)
    await settle()
    assert asyncio.all_tasks() == before


async def test_a_thousand_connections_leave_nothing(tape: Make, settle: Settle) -> None:
    before = asyncio.all_tasks()
    pool = WebSocketConnectionPool()
    left: list[weakref.ref[Any]] = []
    for number in range(1000):
        client = tape()
        connection = await pool.register_connection(f"user-{number % 7}", f"ws-{number}", client)
        left += [weakref.ref(client), weakref.ref(connection)]
        if number % 3 == 0:
            client.gate.clear()
        if number % 5 == 0:
            client.error = OSError()
    del client, connection
    for number in range(7):
        await pool.send_to_user(f"user-{number}", {"n": number})
    for number in range(1000):
        await pool.disconnect(f"user-{number % 7}", f"ws-{number}")
    await pool.close()
    await settle()
    assert asyncio.all_tasks() == before
    collect()
    assert [reference for reference in left if reference() is not None] == []
    registry = pool._registry
    assert (registry._by_user, registry._owner_of, pool._closing) == ({}, {}, set())


async def test_what_disconnects_is_freed_without_the_collector(tape: Make) -> None:
    pool = WebSocketConnectionPool()
    connection = weakref.ref(await pool.register_connection("ada", "ws-1", tape()))
    collect()
    gc.disable()
    try:
        await pool.disconnect("ada", "ws-1")
        assert connection() is None
    finally:
        gc.enable()


async def test_a_cancelled_disconnect_leaves_the_pool_clean(tape: Make, settle: Settle) -> None:
    pool, client = WebSocketConnectionPool(), tape()
    client.gate.clear()
    await pool.register_connection("ada", "ws-1", client)
    await pool.send_to_user("ada", {"n": 1})
    task = asyncio.create_task(pool.disconnect("ada", "ws-1"))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await settle()
    assert pool.connection_count() == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}


class TestEvents:
    @pytest.mark.parametrize(
        "event",
        [{"x": object()}, {"x": float("nan")}, {"x": {1, 2}}, {("a",): 1}, {"x": b"bytes"}, "text", None, 7],
    )
    async def test_what_is_no_json_is_its_callers_fault(
        self, event: Any, tape: Make, ada: UserExecutionContext, settle: Settle
    ) -> None:
        pool, client = WebSocketConnectionPool(), tape()
        await pool.register_connection("ada", "ws-1", client)
        with pytest.raises(InvalidEventError):
            await pool.send_to_user("ada", event)
        if isinstance(event, dict):
            with pytest.raises(InvalidEventError):
                pool.create_emitter(ada).emit_event("x", event)
        assert await pool.send_to_user("ada", {"n": 1}) == 1
        await settle()
        assert client.sent == [{"n": 1}]

    async def test_circles_and_towers(self, tape: Make) -> None:
        pool, client = WebSocketConnectionPool(), tape()
        await pool.register_connection("ada", "ws-1", client)
        circle: dict[str, Any] = {}
        circle["x"] = circle
        tower: dict[str, Any] = {}
        for _ in range(100_000):
            tower = {"x": tower}
        for event in (circle, tower):
            with pytest.raises(InvalidEventError):
                await pool.send_to_user("ada", event)
        while tower:  # taken down by hand: a tower this high would break its own destruction
            tower = tower["x"]
        assert client.sent == []

    async def test_the_error_tells_nothing_of_the_event(self) -> None:
        pool = WebSocketConnectionPool()
        with pytest.raises(InvalidEventError) as caught:
            await pool.send_to_user("ada", {"password": "geheim", "x": object()})
        assert "geheim" not in str(caught.value)

    async def test_what_changes_later_is_sent_as_it_was(
        self, tape: Make, ada: UserExecutionContext, settle: Settle
    ) -> None:
        pool, client = WebSocketConnectionPool(), tape()
        await pool.register_connection("ada", "ws-1", client)
        data = {"list": [1]}
        pool.create_emitter(ada).emit_event("x", data)
        data["list"].append(2)
        await settle()
        assert client.sent == [{"event": "x", "data": {"list": [1]}}]

    async def test_each_device_has_its_own_copy(self, tape: Make) -> None:
        pool, phone, laptop = WebSocketConnectionPool(), tape(), tape()
        await pool.register_connection("ada", "phone", phone)
        await pool.register_connection("ada", "laptop", laptop)
        await pool.send_to_user("ada", {"list": [1]})
        phone.sent[0]["list"].append(2)
        assert laptop.sent == [{"list": [1]}]

    async def test_an_event_is_serialised_once(self) -> None:
        class Counted(dict[str, Any]):
            reads = 0

            def items(self) -> Any:
                Counted.reads += 1
                return super().items()

        class Text:
            def __init__(self) -> None:
                self.texts: list[str] = []

            async def send_text(self, text: str) -> None:
                self.texts.append(text)

            async def close(self) -> None:
                pass

        pool, devices = WebSocketConnectionPool(), [Text() for _ in range(5)]
        for number, device in enumerate(devices):
            await pool.register_connection("ada", f"ws-{number}", device)
        await pool.send_to_user("ada", {"x": Counted(n=1)})
        assert Counted.reads == 1
        assert [device.texts for device in devices] == [['{"x":{"n":1}}']] * 5
        assert len({id(device.texts[0]) for device in devices}) == 1

    async def test_any_text_survives(self, tape: Make) -> None:
        pool, client = WebSocketConnectionPool(), tape()
        await pool.register_connection("ada", "ws-1", client)
        event = {"text": '\0\n"\\\u2028\ud800 ä 🦊', "none": None, "nested": {"a": [1, 2.5, True]}}
        await pool.send_to_user("ada", event)
        assert client.sent == [event]


class TestThreads:
    async def test_a_tool_in_a_thread_emits(
        self, tape: Make, ada: UserExecutionContext, settle: Settle
    ) -> None:
        pool, client = WebSocketConnectionPool(), tape()
        await pool.register_connection("ada", "ws-1", client)
        emitter = pool.create_emitter(ada)
        in_thread: list[int] = []

        def work() -> None:
            in_thread.append(threading.get_ident())
            for number in range(100):
                assert emitter.emit_event("n", {"n": number}) == 1
            with pytest.raises(InvalidEventError):
                emitter.emit_event("n", {"n": object()})

        await asyncio.to_thread(work)
        await settle()
        assert [event["data"]["n"] for event in client.sent] == list(range(100))
        assert in_thread != [threading.get_ident()]

    async def test_a_pool_belongs_to_one_loop(self, tape: Make) -> None:
        pool = WebSocketConnectionPool()
        await pool.register_connection("ada", "ws-1", tape())

        def elsewhere() -> None:
            asyncio.run(pool.register_connection("ada", "ws-2", tape()))  # type: ignore[arg-type]

        with pytest.raises(RuntimeError, match="one event loop"):
            await asyncio.to_thread(elsewhere)
        assert pool.connection_count() == 1

    def test_one_loop_after_the_other(self, tape: Make) -> None:
        pool = WebSocketConnectionPool()

        async def serve(name: str) -> int:
            await pool.register_connection("ada", name, tape())
            reached = await pool.send_to_user("ada", {"n": 1})
            await pool.close()
            return reached

        assert [asyncio.run(serve("ws-1")), asyncio.run(serve("ws-2"))] == [1, 1]


async def test_nothing_after_the_request(ada: UserExecutionContext, tape: Make, settle: Settle) -> None:
    pool, client = WebSocketConnectionPool(), tape()
    await pool.register_connection("ada", "ws-1", client)
    emitter = pool.create_emitter(ada)
    emitter.emit_event("in time")
    await cleanup_user_context(ada)
    with pytest.raises(ContextClosedError):
        emitter.emit_event("late")
    await settle()
    assert [event["event"] for event in client.sent] == ["in time"]
    assert pool.connection_count("ada") == 1  # the request ends, the client's connection does not


async def test_stats(tape: Make, settle: Settle) -> None:
    pool, slow = WebSocketConnectionPool(queue_size=2), tape()
    slow.gate.clear()
    await pool.register_connection("ada", "slow", slow)
    await pool.register_connection("bob", "ws-2", tape())
    for number in range(5):
        await pool.send_to_user("ada", {"n": number})
    await pool.send_to_user("bob", {"n": 0})
    stats = pool.stats()
    assert [(one.connection_id, one.sent, one.dropped, one.queued) for one in stats.connections] == [
        ("slow", 0, 2, 2),
        ("ws-2", 1, 0, 0),
    ]
    assert (stats.users, stats.sent, stats.dropped, stats.queued, stats.failed) == (2, 1, 2, 2, 0)
    slow.gate.set()
    await settle()
    await pool.close()
    after = pool.stats()
    assert (after.connections, after.sent, after.dropped, after.queued) == ((), 4, 2, 0)
    assert stats.sent == 1  # a snapshot
