"""A long run tells its progress; an async generator makes the steps."""

import asyncio

from cellwall import UserExecutionContext
from netra_backend.websocket import manager as sockets


async def steps(total):
    for done in range(1, total + 1):
        await asyncio.sleep(0)
        yield {"event": "progress", "data": {"done": done, "of": total}}


async def test_steps_arrive_in_order():
    manager = sockets.WebSocketManager()
    client = await manager.register_connection("progress-user", "progress-1")
    async for step in steps(4):
        await manager.send_to_user("progress-user", step)
    assert [event["data"]["done"] for event in client.received_events] == [1, 2, 3, 4]
    await manager.disconnect_user("progress-user")


async def test_emitter_of_a_request():
    manager = sockets.get_websocket_manager()
    client = await manager.register_connection("progress-user", "progress-2")
    context = UserExecutionContext.create_for_user("progress-user", websocket_connection_id="progress-2")
    emitter = manager.create_emitter(context)
    for percent in (0, 50, 100):
        emitter.emit_event("progress", {"percent": percent})
    assert client.received_events[-1] == {"event": "progress", "data": {"percent": 100}}
    await manager.disconnect_user("progress-user")


async def test_producer_and_consumer():
    manager, queue = sockets.get_websocket_manager(), asyncio.Queue(maxsize=2)
    client = await manager.register_connection("progress-user", "progress-3")

    async def produce():
        async for step in steps(3):
            await queue.put(step)
        await queue.put(None)

    async def forward():
        while (step := await queue.get()) is not None:
            await manager.send_to_user("progress-user", step)

    await asyncio.gather(produce(), forward())
    assert len(client.received_events) == 3
    await manager.disconnect_user("progress-user")
