"""Cellwall's pool over connections of the `websockets` library."""

from __future__ import annotations

import uvloop
from websockets.asyncio.server import ServerConnection, serve

from benchmarks.websocket_peers.control import serve_orders
from cellwall import WebSocketConnectionPool
from cellwall.runtime.websocket import WebSocketsTransport

pool = WebSocketConnectionPool()


async def handle(connection: ServerConnection) -> None:
    assert connection.request is not None
    user_id = connection.request.path.removeprefix("/?user=")
    await pool.register_connection(user_id, f"ws-{user_id}", WebSocketsTransport(connection))
    await connection.wait_closed()
    await pool.disconnect(user_id, f"ws-{user_id}")


async def main() -> None:
    async with serve(handle, "127.0.0.1", 0, compression=None, ping_interval=None, backlog=1024) as server:
        await serve_orders(next(iter(server.sockets)).getsockname()[1], pool.send_to_user)


if __name__ == "__main__":
    uvloop.run(main())
