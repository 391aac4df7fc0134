"""Starlette's WebSocket as a transport, in a real Starlette application."""

import asyncio
import json
from typing import Any

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from cellwall import StarletteTransport, WebSocketConnectionPool


async def test_events_reach_the_client_as_json() -> None:
    pool = WebSocketConnectionPool()

    async def endpoint(websocket: WebSocket) -> None:
        await websocket.accept()
        await pool.register_connection("ada", "ws-1", StarletteTransport(websocket))
        try:
            await pool.send_to_user("ada", {"event": "hello", "data": {"n": 1}})
            await websocket.receive_text()
        except WebSocketDisconnect:
            await pool.disconnect("ada", "ws-1")

    said = await converse(Starlette(routes=[WebSocketRoute("/", endpoint)]))
    assert said[0]["type"] == "websocket.accept"
    assert json.loads(said[1]["text"]) == {"event": "hello", "data": {"n": 1}}
    assert pool.connection_count() == 0


async def test_closing_twice_closes_once() -> None:
    async def endpoint(websocket: WebSocket) -> None:
        await websocket.accept()
        transport = StarletteTransport(websocket)
        await transport.close()
        await transport.close()

    said = await converse(Starlette(routes=[WebSocketRoute("/", endpoint)]))
    assert [message["type"] for message in said] == ["websocket.accept", "websocket.close"]


async def test_the_websocket_is_told_once() -> None:
    class Told:
        closes = 0

        async def send_text(self, data: str) -> None:
            raise AssertionError("nothing is sent")

        async def close(self, code: int = 1000, reason: str | None = None) -> None:
            self.closes += 1

    websocket = Told()
    transport = StarletteTransport(websocket)
    await asyncio.gather(transport.close(), transport.close())
    assert websocket.closes == 1


async def converse(app: Starlette) -> list[dict[str, Any]]:
    """Connect, leave, and give what the application said."""
    incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    said: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        said.append(message)

    for kind in ("connect", "disconnect"):
        await incoming.put({"type": f"websocket.{kind}", "code": 1001})
    scope = {"type": "websocket", "path": "/", "query_string": b"", "headers": [], "subprotocols": []}
    await app(scope, incoming.get, send)
    return said
