from cellwall import UserExecutionContext
from netra_backend.websocket.manager import WebSocketManager


async def test_event_has_name_and_data():
    manager = WebSocketManager()
    client = await manager.register_connection("events-user", "events-1")
    await manager.send_to_user("events-user", {"event": "agent_started", "data": {"agent": "triage"}})
    assert client.received_events[-1]["event"] == "agent_started"
    assert client.received_events[-1]["data"] == {"agent": "triage"}
    await manager.disconnect("events-user", "events-1")


async def test_number_of_clients():
    manager = WebSocketManager()
    await manager.register_connection("many-tabs", "tab-1")
    await manager.register_connection("many-tabs", "tab-2")
    assert manager.connection_count("many-tabs") == 2
    assert await manager.send_to_user("many-tabs", {"event": "ping"}) == 2
    assert await manager.disconnect_user("many-tabs") == 2


async def test_emitter():
    manager = WebSocketManager()
    client = await manager.register_connection("emit-user", "emit-1")
    ctx = UserExecutionContext.create_for_user("emit-user", websocket_connection_id="emit-1")
    assert manager.create_emitter(ctx).emit_event("progress", {"percent": 40}) == 1
    assert client.received_events == [{"event": "progress", "data": {"percent": 40}}]
    await manager.disconnect("emit-user", "emit-1")
