"""A recording keeps the newest events, as copies."""

from cellwall import WebSocketConnectionPool


async def test_bounded() -> None:
    pool = WebSocketConnectionPool(queue_size=3)
    client = await pool.register_connection("ada", "ws-1")
    for number in range(5):
        await pool.send_to_user("ada", {"n": number})
    assert client.received_events == [{"n": 2}, {"n": 3}, {"n": 4}]


async def test_copies() -> None:
    pool = WebSocketConnectionPool()
    client = await pool.register_connection("ada", "ws-1")
    event = {"n": 1}
    await pool.send_to_user("ada", event)
    event["n"] = 2
    client.received_events.clear()
    assert client.received_events == [{"n": 1}]


async def test_readable_after_the_end() -> None:
    pool = WebSocketConnectionPool()
    client = await pool.register_connection("ada", "ws-1")
    await pool.send_to_user("ada", {"n": 1})
    await pool.disconnect("ada", "ws-1")
    client.offer({"n": 2})
    assert client.received_events == [{"n": 1}]
