import pytest

from netra_backend.websocket.manager import get_websocket_manager


@pytest.fixture
async def manager():
    manager = get_websocket_manager()
    yield manager
    # leave nothing behind for the next test, the manager is shared
    for user in ("leaver", "stayer"):
        await manager.disconnect_user(user)


async def test_no_events_after_leaving(manager):
    client = await manager.register_connection("leaver", "l-1")
    assert await manager.disconnect("leaver", "l-1")
    assert await manager.send_to_user("leaver", {"event": "too late"}) == 0
    assert client.received_events == []


async def test_leaving_twice(manager):
    await manager.register_connection("leaver", "l-2")
    assert await manager.disconnect("leaver", "l-2") is True
    assert await manager.disconnect("leaver", "l-2") is False


async def test_others_stay(manager):
    await manager.register_connection("leaver", "l-3")
    stayer = await manager.register_connection("stayer", "s-1")
    await manager.disconnect_user("leaver")
    await manager.send_to_user("stayer", {"event": "still here"})
    assert stayer.received_events == [{"event": "still here"}]
    assert manager.connection_count("leaver") == 0
