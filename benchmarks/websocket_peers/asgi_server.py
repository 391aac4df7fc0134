"""Runs an ASGI application on uvicorn and uvloop, on a free port of the loopback, while orders come."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
import uvloop

from benchmarks.websocket_peers.control import Send, serve_orders


def run(make: Callable[[], tuple[Any, Send]]) -> None:
    """Serve the application that `make` gives, and send by the function beside it."""
    uvloop.run(_serve(make))


async def _serve(make: Callable[[], tuple[Any, Send]]) -> None:
    app, send = make()
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    config = uvicorn.Config(
        app, log_level="error", ws_per_message_deflate=False, ws_ping_interval=None, lifespan="off"
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    await serve_orders(listener.getsockname()[1], send)
    server.should_exit = True
    server.force_exit = True
    await serving
