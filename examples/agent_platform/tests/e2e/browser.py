"""A browser's WebSocket, spoken to the application in the test's own event loop."""

import asyncio
import json
from contextlib import asynccontextmanager


class Socket:
    """What a page sees of its connection."""

    def __init__(self):
        self.to_app = asyncio.Queue()
        self.from_app = asyncio.Queue()

    async def event(self):
        """Wait for the next event; an int is the code of a close."""
        message = await asyncio.wait_for(self.from_app.get(), 5)
        return message.get("code", 1000) if message["type"] == "websocket.close" else json.loads(message["text"])


@asynccontextmanager
async def browser(app, token, connection_id):
    """Open the page's socket for a block."""
    socket = Socket()
    query = f"token={token}&connection_id={connection_id}".encode()
    scope = {
        "type": "websocket", "path": "/ws", "raw_path": b"/ws", "query_string": query, "headers": [],
        "scheme": "ws", "server": ("platform", 80), "client": ("browser", 1), "subprotocols": [], "app": app,
    }
    await socket.to_app.put({"type": "websocket.connect"})
    running = asyncio.create_task(app(scope, socket.to_app.get, socket.from_app.put))
    assert (await socket.from_app.get())["type"] == "websocket.accept"
    try:
        yield socket
    finally:
        await socket.to_app.put({"type": "websocket.disconnect", "code": 1001})
        await running
