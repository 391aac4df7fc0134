"""The wall on a real server: shared connections, clients that leave, logs that are written."""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from cellwall import TokenIssuer, current_context
from cellwall.runtime.limits import MemoryRateLimiter, Rate
from cellwall.runtime.web import CellwallMiddleware, Credentials, request_context

Serve = Callable[[Any], AbstractAsyncContextManager[int]]


@pytest.fixture(params=["h11", "httptools"])
def serve(request: pytest.FixtureRequest) -> Serve:
    @asynccontextmanager
    async def serving(app: Any) -> AsyncIterator[int]:
        config = uvicorn.Config(
            app, http=request.param, ws="websockets-sansio", lifespan="off", log_config=None
        )
        server = uvicorn.Server(config)
        with socket.create_server(("127.0.0.1", 0)) as listening:
            task = asyncio.create_task(server.serve(sockets=[listening]))
            try:
                while not (server.started or task.done()):  # noqa: ASYNC110  # uvicorn has no event for it
                    await asyncio.sleep(0.005)
                yield listening.getsockname()[1]
            finally:
                server.should_exit = True
                await task

    return serving


class App:
    def __init__(self) -> None:
        self.contexts: list[Any] = []
        self.gone = asyncio.Event()
        routes = [
            Route("/who", self.who),
            Route("/public", self.public),
            Route("/endless", self.endless),
            WebSocketRoute("/live", self.live),
        ]
        self.asgi = Starlette(routes=routes)

    async def who(self, request: Request) -> JSONResponse:
        context = request_context(request)
        self.contexts.append(context)
        await asyncio.sleep(0)
        current = current_context()
        return JSONResponse([context.user_id, current and current.user_id])

    async def public(self, request: Request) -> PlainTextResponse:
        return PlainTextResponse(repr(current_context()))

    async def endless(self, request: Request) -> StreamingResponse:
        context = request_context(request)
        self.contexts.append(context)
        context.on_cleanup(self.gone.set)

        async def parts() -> AsyncIterator[bytes]:
            while True:
                yield b"x" * 1000
                await asyncio.sleep(0.001)

        return StreamingResponse(parts())

    async def live(self, websocket: WebSocket) -> None:
        context = request_context(websocket)
        self.contexts.append(context)
        context.on_cleanup(self.gone.set)
        await websocket.accept()
        async for text in websocket.iter_text():
            await websocket.send_text(f"{context.user_id}: {text}")


@pytest.fixture
def app() -> App:
    return App()


def request(path: str, token: str | None = None) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "host: here"]
    if token is not None:
        lines.append(f"authorization: Bearer {token}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def response(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:-2])
    return int(head.split()[1]), await reader.readexactly(int(fields[b"content-length"]))


async def test_users_who_share_a_connection(serve: Serve, app: App, issuer: TokenIssuer) -> None:
    """As behind a proxy: request after request, and several at once in the pipe."""
    wall = CellwallMiddleware(app.asgi, tokens=issuer, public_paths=["/public"])
    ada, bob = issuer.generate_token("ada"), issuer.generate_token("bob")
    expected = [
        (request("/who", ada), 200, b'["ada","ada"]'),
        (request("/public"), 200, b"None"),
        (request("/who", bob), 200, b'["bob","bob"]'),
        (request("/who"), 401, None),
        (request("/who", ada), 200, b'["ada","ada"]'),
        (request("/public"), 200, b"None"),
    ]
    async with serve(wall) as port:
        for pipelined in (False, True):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            if pipelined:
                writer.write(b"".join(raw for raw, _, _ in expected))
            for raw, status, body in expected:
                if not pipelined:
                    writer.write(raw)
                async with asyncio.timeout(10):
                    answer = await response(reader)
                assert answer[0] == status and body in (None, answer[1]), (pipelined, raw)
            writer.close()
            await writer.wait_closed()
    assert all(context.closed for context in app.contexts)


async def test_clients_that_leave_midway(serve: Serve, app: App, issuer: TokenIssuer) -> None:
    async with serve(CellwallMiddleware(app.asgi, tokens=issuer)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request("/endless", issuer.generate_token("ada")))
        await reader.readexactly(2000)
        writer.transport.abort()
        async with asyncio.timeout(10):
            await app.gone.wait()
        assert app.contexts[0].closed


async def test_many_users_at_once(serve: Serve, app: App, issuer: TokenIssuer) -> None:
    wall = CellwallMiddleware(app.asgi, tokens=issuer, limiter=MemoryRateLimiter(Rate(10**6)))

    async def user(port: int, name: str) -> set[bytes]:
        token = issuer.generate_token(name)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        answers = set()
        for _ in range(10):
            writer.write(request("/who", token))
            answers.add((await response(reader))[1])
        writer.close()
        await writer.wait_closed()
        return answers

    async with serve(wall) as port, asyncio.timeout(60):
        found = await asyncio.gather(*(user(port, f"user-{number}") for number in range(30)))
    for number, answers in enumerate(found):
        assert answers == {json.dumps([f"user-{number}"] * 2, separators=(",", ":")).encode()}
    assert all(context.closed for context in app.contexts) and len(app.contexts) == 300


@pytest.fixture
def access_log(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> pytest.LogCaptureFixture:
    """Give the log of requests, whatever a server of before made of the loggers."""
    for name in ("uvicorn", "uvicorn.access", "uvicorn.error"):
        monkeypatch.setattr(logging.getLogger(name), "propagate", True)
        monkeypatch.setattr(logging.getLogger(name), "level", logging.NOTSET)
    return caplog


async def test_websockets_and_the_access_log(
    serve: Serve, app: App, issuer: TokenIssuer, access_log: pytest.LogCaptureFixture
) -> None:
    wall = CellwallMiddleware(
        app.asgi,
        tokens=issuer,
        credentials=Credentials(websocket_query="token", websocket_protocol="bearer"),
    )
    token = issuer.generate_token("ada")
    with access_log.at_level(logging.INFO):
        async with serve(wall) as port, asyncio.timeout(30):
            address = f"ws://127.0.0.1:{port}/live"
            async with connect(f"{address}?token={token}&room=7") as client:
                await client.send("hello")
                assert await client.recv() == "ada: hello"
            await app.gone.wait()
            async with connect(address, subprotocols=["bearer", token]) as client:  # type: ignore[list-item]
                assert client.subprotocol == "bearer"
                await client.send("again")
                assert await client.recv() == "ada: again"
            for bad in (address, f"{address}?token=bad", f"{address}?token={token}&token={token}"):
                with pytest.raises(InvalidStatus) as caught:
                    await connect(bad)
                assert caught.value.response.status_code == 401
                assert json.loads(caught.value.response.body or b"")["status"] == 401
    text = "\n".join(record.getMessage() for record in access_log.records)
    assert "/live?room=7" in text and token not in text
    assert all(context.closed for context in app.contexts) and len(app.contexts) == 2
