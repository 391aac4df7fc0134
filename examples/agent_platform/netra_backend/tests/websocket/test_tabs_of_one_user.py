"""A user with many tabs: they come, go and come back."""

from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from netra_backend.websocket.manager import WebSocketManager


@asynccontextmanager
async def tab(manager, number):
    client = await manager.register_connection("tab-user", f"tab-{number}")
    try:
        yield client
    finally:
        await manager.disconnect("tab-user", f"tab-{number}")


async def test_every_open_tab_hears():
    manager = WebSocketManager()
    async with AsyncExitStack() as stack:
        tabs = [await stack.enter_async_context(tab(manager, number)) for number in range(3)]
        assert await manager.send_to_user("tab-user", {"event": "hello"}) == 3
    assert [len(client.received_events) for client in tabs] == [1, 1, 1]
    assert manager.connection_count("tab-user") == 0


@pytest.mark.parametrize("closed", [0, 1, 2])
async def test_closed_tabs_hear_nothing(closed):
    manager = WebSocketManager()
    async with tab(manager, "open"):
        for number in range(closed):
            async with tab(manager, number):
                pass
        assert await manager.send_to_user("tab-user", {"event": "still here?"}) == 1


async def test_a_tab_that_fails_is_closed():
    manager = WebSocketManager()
    with pytest.raises(RuntimeError, match="script error"):
        async with tab(manager, "bad"):
            raise RuntimeError("script error")
    assert manager.connection_count("tab-user") == 0
