"""The `websockets` library as its documentation shows it: a dict of connections, JSON, `send`."""

from __future__ import annotations

import json

import uvloop
from websockets.asyncio.server import ServerConnection, serve

from benchmarks.websocket_peers.control import serve_orders

sockets: dict[str, ServerConnection] = {}


async def handle(connection: ServerConnection) -> None:
    assert connection.request is not None
    user_id = connection.request.path.removeprefix("/?user=")
    sockets[user_id] = connection
    await connection.wait_closed()
    del sockets[user_id]


async def send(user_id: str, event: dict[str, object]) -> None:
    await sockets[user_id].send(json.dumps(event))


async def main() -> None:
    async with serve(handle, "127.0.0.1", 0, compression=None, ping_interval=None, backlog=1024) as server:
        await serve_orders(next(iter(server.sockets)).getsockname()[1], send)


if __name__ == "__main__":
    uvloop.run(main())
