"""Starlette as most services use it: a dict of sockets and `send_json`."""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from benchmarks.websocket_peers.asgi_server import run
from benchmarks.websocket_peers.control import Send


def make() -> tuple[Any, Send]:
    """Give the application and its way to send."""
    sockets: dict[str, WebSocket] = {}

    async def endpoint(websocket: WebSocket) -> None:
        await websocket.accept()
        user_id = websocket.query_params["user"]
        sockets[user_id] = websocket
        try:
            while True:
                await websocket.receive_text()
        except WebSocketDisconnect:
            del sockets[user_id]

    async def send(user_id: str, event: dict[str, object]) -> None:
        await sockets[user_id].send_json(event)

    return Starlette(routes=[WebSocketRoute("/", endpoint)]), send


if __name__ == "__main__":
    run(make)
