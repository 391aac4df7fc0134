"""A connection with a transport: bounded, never in the way, gone when it fails."""

import asyncio

import pytest

from cellwall import SlowReader, UserExecutionContext, WebSocketConnectionPool
from cellwall.runtime.errors import QueueOverflowError
from cellwall.runtime.websocket.transport import Event


class Tape:
    """A transport that keeps what is sent, waits at a gate, and can break."""

    def __init__(self) -> None:
        self.sent: list[Event] = []
        self.closes = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: Exception | None = None

    async def send(self, event: Event) -> None:
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        self.sent.append(event)

    async def close(self) -> None:
        await asyncio.sleep(0)
        self.closes += 1


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_ready_client_has_its_event_at_once() -> None:
    pool, tape = WebSocketConnectionPool(), Tape()
    connection = await pool.register_connection("ada", "ws-1", tape)
    for number in range(3):
        await pool.send_to_user("ada", {"n": number})
        assert len(tape.sent) == number + 1
    assert [event["n"] for event in tape.sent] == [0, 1, 2]
    assert (connection.sent, connection.dropped) == (3, 0)


async def test_emitted_events_follow_in_order(ada: UserExecutionContext) -> None:
    pool, tape = WebSocketConnectionPool(), Tape()
    await pool.register_connection("ada", "ws-1", tape)
    emitter = pool.create_emitter(ada)
    for number in range(100):
        emitter.emit_event("n", {"n": number})
    assert tape.sent == []
    await settle()
    assert [event["data"]["n"] for event in tape.sent] == list(range(100))


async def test_a_slow_reader_loses_its_oldest_events_and_stops_nobody() -> None:
    pool, slow, quick = WebSocketConnectionPool(queue_size=5), Tape(), Tape()
    slow.gate.clear()
    connection = await pool.register_connection("ada", "slow", slow)
    await pool.register_connection("ada", "quick", quick)
    for number in range(50):
        await pool.send_to_user("ada", {"n": number})
    assert [event["n"] for event in quick.sent] == list(range(50))
    assert connection.dropped == 44  # one is on its way, five wait
    slow.gate.set()
    await settle()
    assert [event["n"] for event in slow.sent] == [0, 45, 46, 47, 48, 49]


async def test_a_slow_reader_is_disconnected_where_told() -> None:
    pool, tape = WebSocketConnectionPool(queue_size=5, slow_reader=SlowReader.DISCONNECT), Tape()
    tape.gate.clear()
    connection = await pool.register_connection("ada", "ws-1", tape)
    for number in range(7):
        await pool.send_to_user("ada", {"n": number})
    await settle()
    assert isinstance(connection.failure, QueueOverflowError)
    assert (tape.closes, tape.sent, pool.connection_count()) == (1, [], 0)
    assert await pool.send_to_user("ada", {"n": 8}) == 0


async def test_a_broken_transport_leaves_the_pool(caplog: pytest.LogCaptureFixture) -> None:
    pool, broken, good = WebSocketConnectionPool(), Tape(), Tape()
    broken.error = ConnectionResetError("secret of the network")
    connection = await pool.register_connection("ada", "ws-1", broken)
    await pool.register_connection("bob", "ws-2", good)
    await pool.send_to_user("ada", {"event": "x"})
    await settle()
    assert connection.failure is broken.error
    assert (pool.connection_count("ada"), broken.closes) == (0, 1)
    assert await pool.send_to_user("bob", {"event": "y"}) == 1
    assert good.sent == [{"event": "y"}]
    assert "ConnectionResetError" in caplog.text and "secret" not in caplog.text


async def test_disconnect_forgets_what_waits_and_leaves_no_task() -> None:
    before = asyncio.all_tasks()
    pool, tape = WebSocketConnectionPool(), Tape()
    tape.gate.clear()
    connection = await pool.register_connection("ada", "ws-1", tape)
    for number in range(3):
        await pool.send_to_user("ada", {"n": number})
    await pool.disconnect("ada", "ws-1")
    await connection.close()
    tape.gate.set()
    connection.offer({"n": 9})
    await settle()
    assert (tape.sent, tape.closes) == ([], 1)
    assert not connection._queue
    assert asyncio.all_tasks() == before


async def test_an_idle_connection_has_no_task() -> None:
    pool = WebSocketConnectionPool()
    before = asyncio.all_tasks()
    await pool.register_connection("ada", "ws-1", Tape())
    await pool.send_to_user("ada", {"event": "x"})
    await settle()
    assert asyncio.all_tasks() == before


async def test_close_waits_for_what_is_ending() -> None:
    pool, tape = WebSocketConnectionPool(), Tape()
    tape.error = ConnectionResetError()
    await pool.register_connection("ada", "ws-1", tape)
    await pool.send_to_user("ada", {"event": "x"})
    assert tape.closes == 0
    await pool.close()
    assert tape.closes == 1
