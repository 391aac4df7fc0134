import httpx
import pytest

from netra_backend.app import create_app
from netra_backend.websocket.manager import WebSocketManager


@pytest.fixture
def manager():
    return WebSocketManager()


async def test_browser_hears_of_the_run(manager, signed_in):
    browser = await manager.register_connection("live-user", "live-1")
    transport = httpx.ASGITransport(app=create_app(pool=manager))
    async with httpx.AsyncClient(transport=transport, base_url="http://platform") as client:
        answer = await client.post(
            "/agents/summary/run",
            json={"prompt": "It works. Mostly."},
            headers=signed_in("live-user") | {"X-Connection-Id": "live-1"},
        )
    assert answer.json()["text"] == "It works"
    assert [event["event"] for event in browser.received_events] == ["agent_started", "agent_completed"]
    await manager.disconnect_user("live-user")


async def test_another_browser_hears_nothing(manager, signed_in):
    mine = await manager.register_connection("live-me", "live-2")
    other = await manager.register_connection("live-other", "live-3")
    transport = httpx.ASGITransport(app=create_app(pool=manager))
    async with httpx.AsyncClient(transport=transport, base_url="http://platform") as client:
        await client.post("/agents/triage/run", json={"prompt": "x"}, headers=signed_in("live-me"))
    assert len(mine.received_events) == 2
    assert other.received_events == []
    await manager.disconnect_user("live-me"); await manager.disconnect_user("live-other")
