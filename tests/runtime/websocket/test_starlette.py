"""Starlette's WebSocket as a transport, in a real Starlette application."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import connect

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


async def test_the_documents_fastapi_application(served: Any, until: Any) -> None:
    """The example of docs/runtime/websocket.md on a real server, with clients of two users."""
    page = Path(__file__).parents[3] / "docs/runtime/websocket.md"
    (code,) = re.findall(r"^```python\n(from fastapi .*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)
    namespace: dict[str, Any] = {"WebSocketConnectionPool": WebSocketConnectionPool}
    exec(compile(code, str(page), "exec", dont_inherit=True), namespace)
    app = namespace["app"]
    pool: WebSocketConnectionPool = app.state.pool
    async with served(app) as url:
        async with (
            connect(f"ws://{url}/events?connection=1", additional_headers={"x-user": "ada"}) as ada,
            connect(f"ws://{url}/events?connection=2", additional_headers={"x-user": "bob"}) as bob,
        ):
            await until(lambda: pool.connection_count() == 2)
            for user_id, number in (("ada", 1), ("bob", 2), ("ada", 3)):
                await pool.send_to_user(user_id, {"n": number})
            assert [json.loads(await ada.recv())["n"] for _ in range(2)] == [1, 3]
            assert json.loads(await bob.recv()) == {"n": 2}
        await until(lambda: pool.connection_count() == 0)


async def test_a_client_that_does_not_read_loses_the_oldest(served: Any, until: Any) -> None:
    pool = WebSocketConnectionPool(queue_size=3)

    async def endpoint(websocket: WebSocket) -> None:
        await websocket.accept()
        user_id = websocket.query_params["user"]
        connection = await pool.register_connection(user_id, user_id, StarletteTransport(websocket))
        try:
            await websocket.receive_text()
        except WebSocketDisconnect:
            await pool.release(connection)

    async with served(Starlette(routes=[WebSocketRoute("/", endpoint)])) as url:
        async with (
            connect(f"ws://{url}/?user=ada", max_queue=1) as ada,
            connect(f"ws://{url}/?user=bob") as bob,
        ):
            await until(lambda: pool.connection_count() == 2)
            (connection,) = pool.connections_of("ada")
            total = 0
            while connection.dropped < 20:
                await pool.send_to_user("ada", {"n": total, "text": "x" * 100_000})
                total += 1
            await pool.send_to_user("bob", {"n": 0})
            assert json.loads(await bob.recv()) == {"n": 0}
            seen = []
            while not seen or seen[-1] != total - 1:
                seen.append(json.loads(await ada.recv())["n"])
            assert seen == sorted(set(seen))
            assert len(seen) == total - connection.dropped
        await until(lambda: pool.connection_count() == 0)
