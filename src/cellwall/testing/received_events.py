"""Assertions over the events that users' connections received, in every open pool of the process."""

import gc
import sys
from typing import Any, Final

_POOL: Final = "WebSocketConnectionPool"
_MODULE: Final = "cellwall.runtime.websocket.pool"


def assert_event_received_by_user(user_id: str, event: str) -> None:
    """Assert that a connection of the user received an event of this name.

    Raises:
        AssertionError: none did; the text says which events the user received.
    """
    names = received_by(user_id)
    assert event in names, f"{user_id} received no {event}; received: {', '.join(names) or 'nothing'}"


def assert_no_event_received_by_user(user_id: str, event: str) -> None:
    """Assert that no connection of the user received an event of this name.

    Raises:
        AssertionError: one did.
    """
    assert event not in received_by(user_id), f"{user_id} received {event}"


def received_by(user_id: str) -> list[str]:
    """Give the names of the events that the user's connections received, in all pools that are alive.

    Pools are found among the living objects, so nothing keeps them alive: Cellwall's own, and any class of
    the same name with `connections_of`.
    """
    return [
        str(event["event"])
        for pool in _pools()
        for connection in pool.connections_of(user_id)
        for event in connection.received_events
    ]


def _pools() -> list[Any]:
    module = sys.modules.get(_MODULE)
    own = getattr(module, _POOL, None)
    return [
        each
        for each in gc.get_objects()
        if (own is not None and type(each) is own)
        or (type(each).__name__ == _POOL and hasattr(type(each), "connections_of"))
    ]
