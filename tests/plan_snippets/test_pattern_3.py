"""Plan, "Pattern 3: WebSocket Isolation Testing"."""

from typing import Any

import pytest

from cellwall import WebSocketConnectionPool


# fmt: off
async def test_websocket_event_isolation():
    """Verify WebSocket events are user-isolated."""
    pool = WebSocketConnectionPool()

    # Create multiple user connections
    conn1 = await pool.register_connection("user1", "ws1")
    conn2 = await pool.register_connection("user2", "ws2")

    # Send events to specific users
    await pool.send_to_user("user1", {"event": "test1"})
    await pool.send_to_user("user2", {"event": "test2"})

    # Verify isolation
    assert conn1.received_events == [{"event": "test1"}]
    assert conn2.received_events == [{"event": "test2"}]
# fmt: on


async def test_a_broadcast_fails_it(monkeypatch: pytest.MonkeyPatch) -> None:
    send = WebSocketConnectionPool.send_to_user

    async def broadcast(pool: WebSocketConnectionPool, user_id: str, event: Any) -> None:
        for everybody in ("user1", "user2"):
            await send(pool, everybody, event)

    monkeypatch.setattr(WebSocketConnectionPool, "send_to_user", broadcast)
    with pytest.raises(AssertionError):
        await test_websocket_event_isolation()
