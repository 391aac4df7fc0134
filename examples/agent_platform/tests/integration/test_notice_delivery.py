from netra_backend.services.notifications import NotificationService
from netra_backend.websocket.manager import get_websocket_manager


async def test_notice_reaches_every_device():
    manager = get_websocket_manager()
    phone = await manager.register_connection("notice-user", "notice-phone")
    laptop = await manager.register_connection("notice-user", "notice-laptop")
    service = NotificationService(manager)
    assert await service.notify("notice-user", "maintenance at noon", level="warning")
    for device in (phone, laptop):
        assert device.received_events[-1]["data"]["text"] == "maintenance at noon"
    await manager.disconnect_user("notice-user")


async def test_unheard_notices_are_counted():
    service = NotificationService(get_websocket_manager())
    for _ in range(3):
        await service.notify("nobody-is-here", "?")
    assert service.unheard == 3
