"""Who gets what."""

from netra_backend.websocket.manager import WebSocketManager

manager = WebSocketManager()


async def test_only_the_named_user_gets_it():
    ada = await manager.register_connection("delivery-ada", "d-1")
    bob = await manager.register_connection("delivery-bob", "d-2")
    await manager.send_to_user("delivery-ada", {"event": "report", "data": {"pages": 3}})
    assert ada.received_events == [{"event": "report", "data": {"pages": 3}}]
    assert bob.received_events == []
    await manager.disconnect("delivery-ada", "d-1")
    await manager.disconnect("delivery-bob", "d-2")


async def test_order_is_kept():
    client = await manager.register_connection("delivery-cleo", "d-3")
    for number in range(5):
        await manager.send_to_user("delivery-cleo", {"event": "step", "data": number})
    assert [event["data"] for event in client.received_events] == [0, 1, 2, 3, 4]
    await manager.disconnect("delivery-cleo", "d-3")


async def test_nobody_there():
    assert await manager.send_to_user("delivery-nobody", {"event": "x"}) == 0
