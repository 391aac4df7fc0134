import netra_backend.websocket.manager as ws


async def test_new_connection_after_the_old_one_left():
    manager = ws.get_websocket_manager()
    before = await manager.register_connection("comes-back", "tab-old")
    await manager.send_to_user("comes-back", {"event": "first"})
    await manager.disconnect("comes-back", "tab-old")

    after = await manager.register_connection("comes-back", "tab-new")
    await manager.send_to_user("comes-back", {"event": "second"})
    assert before.received_events == [{"event": "first"}]
    assert after.received_events == [{"event": "second"}]
    await manager.disconnect("comes-back", "tab-new")


async def test_same_id_again():
    manager = ws.WebSocketManager()
    await manager.register_connection("comes-back", "tab-same")
    await manager.disconnect("comes-back", "tab-same")
    again = await manager.register_connection("comes-back", "tab-same")
    assert again.received_events == []
    assert manager.connection_count("comes-back") == 1
    await manager.disconnect_user("comes-back")
