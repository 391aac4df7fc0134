"""Whoever opens the page is greeted, in each tab once."""

from cellwall import UserExecutionContext
from netra_backend.websocket.manager import WebSocketManager


async def greet(user_id, context, manager):
    """Open the tab of a request and say hello to it."""
    tab = await manager.register_connection(user_id, context.websocket_connection_id)
    manager.create_emitter(context).emit_event("hello", {"tab": context.websocket_connection_id})
    return tab


async def test_the_first_tab_is_greeted():
    manager = WebSocketManager()
    request = UserExecutionContext.create_for_user("greeted-guest", websocket_connection_id="first-tab")
    tab = await greet("greeted-guest", request, manager)
    assert tab.received_events == [{"event": "hello", "data": {"tab": "first-tab"}}]
    assert await manager.disconnect_user("greeted-guest") == 1
