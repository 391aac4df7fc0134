import pytest

from netra_backend.services.notifications import NotificationService
from netra_backend.websocket.manager import WebSocketManager


@pytest.fixture
async def manager():
    m = WebSocketManager()
    yield m
    await m.disconnect_user("notified")


async def test_notice_arrives(manager):
    client = await manager.register_connection("notified", "notified-1")
    service = NotificationService(manager)
    assert await service.notify("notified", "your invoice is ready")
    assert client.received_events == [
        {"event": "notice", "data": {"text": "your invoice is ready", "level": "info"}}
    ]


async def test_nobody_listens(manager):
    service = NotificationService(manager)
    assert await service.notify("absent-user", "hello?") is False
    assert service.unheard == 1


async def test_level_is_passed_on(manager):
    client = await manager.register_connection("notified", "notified-2")
    await NotificationService(manager).notify("notified", "disk full", level="error")
    assert client.received_events[0]["data"]["level"] == "error"
