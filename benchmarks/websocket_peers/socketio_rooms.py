"""python-socketio with a room for each user, as its documentation shows it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import socketio

from benchmarks.websocket_peers.asgi_server import run
from benchmarks.websocket_peers.control import Send


def make() -> tuple[Any, Send]:
    """Give the application and its way to send."""
    server = socketio.AsyncServer(
        async_mode="asgi", cors_allowed_origins="*", http_compression=False, ping_interval=3600
    )

    @server.event  # type: ignore[untyped-decorator]
    async def connect(sid: str, environ: dict[str, Any]) -> None:
        (user_id,) = parse_qs(environ["QUERY_STRING"])["user"]
        await server.enter_room(sid, user_id)

    async def send(user_id: str, event: dict[str, object]) -> None:
        await server.emit("tick", event, room=user_id)

    return socketio.ASGIApp(server), send


if __name__ == "__main__":
    run(make)
