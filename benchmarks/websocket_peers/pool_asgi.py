"""Cellwall's pool over the raw `send` of an ASGI server."""

from __future__ import annotations

from typing import Any

from benchmarks.websocket_peers.asgi_server import run
from benchmarks.websocket_peers.control import Send
from cellwall import WebSocketConnectionPool
from cellwall.runtime.websocket import AsgiTransport


def make() -> tuple[Any, Send]:
    """Give the application and the pool's way to send."""
    pool = WebSocketConnectionPool()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        user_id = scope["query_string"].decode().removeprefix("user=")
        await receive()
        await send({"type": "websocket.accept"})
        await pool.register_connection(user_id, f"ws-{user_id}", AsgiTransport(send))
        while (await receive())["type"] != "websocket.disconnect":
            pass
        await pool.disconnect(user_id, f"ws-{user_id}")

    return app, pool.send_to_user


if __name__ == "__main__":
    run(make)
