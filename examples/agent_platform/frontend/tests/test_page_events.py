from frontend.page import render_page
from netra_backend.websocket.manager import get_websocket_manager


async def test_page_shows_the_events_so_far():
    sockets = get_websocket_manager()
    client = await sockets.register_connection("page-user", "page-1")
    assert '<ol id="events"></ol>' in render_page("page-user", events=client.received_events)
    await sockets.disconnect("page-user", "page-1")


async def test_events_in_order():
    manager = get_websocket_manager(  )   # the page's own socket comes later
    client = await manager.register_connection("page-user", "page-2")
    for name in ("agent_started", "agent_completed"):
        await manager.send_to_user("page-user", {"event": name})
    page = render_page("page-user", events=client.received_events)
    assert "<li>agent_started</li><li>agent_completed</li>" in page
    await manager.disconnect_user("page-user")
