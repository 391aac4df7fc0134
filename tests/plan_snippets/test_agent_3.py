"""Plan, "Agent 3: WebSocket Tests"."""

from collections.abc import Callable
from typing import Any

import pytest

from cellwall import UserExecutionContext, WebSocketConnectionPool

Received = Callable[[str], list[str]]


def received_by(pool: WebSocketConnectionPool) -> Received:
    """Give what tells the names of the events that a user's connections received."""

    def names(user_id: str) -> list[str]:
        connections: tuple[Any, ...] = pool.connections_of(user_id)
        return [event["event"] for connection in connections for event in connection.received_events]

    return names


def checks_on(
    pools: Callable[[], WebSocketConnectionPool],
) -> tuple[Callable[..., None], Callable[..., None]]:
    """Give the two assertions that the snippet calls."""

    def assert_event_received_by_user(user_id: str, name: str) -> None:
        assert name in received_by(pools())(user_id), f"{user_id} received no {name}"

    def assert_no_event_received_by_user(user_id: str, name: str) -> None:
        assert name not in received_by(pools())(user_id), f"{user_id} received {name}"

    return assert_event_received_by_user, assert_no_event_received_by_user


def test_routing() -> None:
    assert_event_received_by_user, assert_no_event_received_by_user = checks_on(lambda: websocket_manager)

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
    received, not_received = checks_on(lambda: pool)
    await pool.register_connection("test-user", "ws-conn-123")
    await pool.register_connection("other-user", "ws-conn-456")
    with pytest.raises(AssertionError, match="test-user received no test_event"):
        received("test-user", "test_event")
    not_received("other-user", "test_event")
    await pool.send_to_user("other-user", {"event": "test_event"})  # the leak
    with pytest.raises(AssertionError, match="other-user received test_event"):
        not_received("other-user", "test_event")
