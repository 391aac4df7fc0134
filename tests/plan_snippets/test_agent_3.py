"""Plan, "Agent 3: WebSocket Tests"."""

import gc

import pytest

from cellwall import UserExecutionContext, WebSocketConnectionPool
from cellwall.testing import assert_event_received_by_user, assert_no_event_received_by_user


def test_routing() -> None:
    # fmt: off
    # Ensure WebSocket manager uses user context
    websocket_manager = WebSocketConnectionPool()
    user_context = UserExecutionContext.create_for_user(
        user_id="test-user",
        websocket_connection_id="ws-conn-123"
    )
    emitter = websocket_manager.create_emitter(user_context)

    # Verify events go only to correct user
    emitter.emit_event("test_event", {"data": "test"})
    assert_event_received_by_user("test-user", "test_event")
    assert_no_event_received_by_user("other-user", "test_event")
    # fmt: on


async def test_the_assertions_fail_on_a_planted_leak() -> None:
    pool = WebSocketConnectionPool()
    await pool.register_connection("routed-user", "ws-conn-123")
    await pool.register_connection("foreign-user", "ws-conn-456")
    with pytest.raises(AssertionError, match="routed-user received no test_event; received: nothing"):
        assert_event_received_by_user("routed-user", "test_event")
    assert_no_event_received_by_user("foreign-user", "test_event")
    await pool.send_to_user("foreign-user", {"event": "test_event"})  # the leak
    with pytest.raises(AssertionError, match="foreign-user received test_event"):
        assert_no_event_received_by_user("foreign-user", "test_event")
    await pool.close()


async def test_nothing_keeps_a_pool_alive() -> None:
    pool = WebSocketConnectionPool()
    await pool.register_connection("gone-user", "ws-conn-789")
    await pool.send_to_user("gone-user", {"event": "test_event"})
    assert_event_received_by_user("gone-user", "test_event")
    await pool.close()
    del pool
    gc.collect()
    assert_no_event_received_by_user("gone-user", "test_event")
