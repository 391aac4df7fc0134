"""Calls an ASGI application in the running loop: no socket, no thread, within limits."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final, final

from cellwall.audit.exchange import Pairs, Request, Response
from cellwall.audit.transport import AnswerLimits, ChannelRefusedError, ChannelStream
from cellwall.testing.clients.scopes import scope_of
from cellwall.testing.clients.websocket import WebSocketClient

HOST: Final = "testserver"
GRACE: Final = 1.0  # seconds that the application has to end once its client has gone


@final
class AsgiTransport:
    """One application in this process."""

    def __init__(self, app: Any, *, limits: AnswerLimits | None = None) -> None:
        self.app = app
        self.base: str = f"http://{HOST}"
        self._limits = limits or AnswerLimits()

    async def send(self, request: Request) -> Response:
        """Call the application; what it raises is an answer of status 500 that names the error's type."""
        answer = _Answer(request.body, self._limits)
        headers = [("host", HOST), *request.headers]
        if request.body:
            headers.append(("content-length", str(len(request.body))))
        wire = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        client = (f"127.0.0.{request.address}", 1)
        scope = scope_of("http", request.path, wire, method=request.method, client=client)
        task = asyncio.ensure_future(self.app(scope, answer.receive, answer.send))
        full = asyncio.ensure_future(answer.enough.wait())
        try:
            await asyncio.wait(
                {task, full}, timeout=self._limits.seconds, return_when=asyncio.FIRST_COMPLETED
            )
        except asyncio.CancelledError:  # the request is given up: so is the work on it
            task.cancel()
            raise
        finally:
            full.cancel()
            answer.leave()
            await _end(task)
        return answer.response(task)

    async def open_channel(self, path: str, headers: Sequence[tuple[str, str]]) -> ChannelStream:
        """Open a WebSocket in this process.

        Raises:
            ChannelRefusedError: the application does not accept.
        """
        socket = WebSocketClient(self.app, path, headers=dict(headers), grace=GRACE)
        try:
            await asyncio.wait_for(socket.__aenter__(), self._limits.seconds / 2)
        except Exception as error:  # whatever the application raises in place of accepting
            raise ChannelRefusedError(f"{type(error).__name__}: {error}") from error
        return _AsgiStream(socket)

    async def aclose(self) -> None:
        """Do nothing: the application is its owner's."""


@final
class _AsgiStream:
    """A WebSocket in this process."""

    def __init__(self, socket: WebSocketClient) -> None:
        self._socket = socket
        self.receive = socket.receive
        self.send = socket.send

    async def close(self) -> None:
        with suppress(Exception):  # what the application raises at the end
            await self._socket.__aexit__(None, None, None)


class _Answer:
    """The two channels of one call."""

    def __init__(self, body: bytes, limits: AnswerLimits) -> None:
        self._body: bytes | None = body
        self._limits = limits
        self._gone = asyncio.Event()
        self._size = 0
        self._parts: list[bytes] = []
        self._status = 0
        self._headers: Pairs = ()
        self._whole = self._cut = False
        self.enough = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if self._gone.is_set():
            raise OSError("the client has gone")
        if message["type"] == "http.response.start":
            self._status = int(message["status"])
            self._headers = _bounded(message.get("headers", ()), self._limits.headers)
        elif message["type"] == "http.response.body":
            self._take(bytes(message.get("body", b"")))
            if not message.get("more_body", False):
                self._whole = True
            if self._whole or self._cut:
                self.enough.set()
                await asyncio.sleep(0)

    def _take(self, part: bytes) -> None:
        room = self._limits.body - self._size
        self._cut = self._cut or len(part) > room
        self._parts.append(part[:room])
        self._size += min(len(part), room)

    def leave(self) -> None:
        """Go: the application hears of it."""
        self._gone.set()

    def response(self, task: asyncio.Future[Any]) -> Response:
        """Give what came until now."""
        body = b"".join(self._parts)
        if self._status and (self._whole or self._cut):
            return Response(self._status, self._headers, body, cut=self._cut)
        error = task.exception() if task.done() and not task.cancelled() else None
        if error is not None:
            return Response(
                500, self._headers, body, failure=f"the application raised {type(error).__name__}"
            )
        if self._status:
            return Response(self._status, self._headers, body, cut=True, failure="the answer did not end")
        return Response(0, failure="no answer in time" if task.cancelled() else "no answer")


def _bounded(headers: Any, limit: int) -> Pairs:
    taken: list[tuple[str, str]] = []
    for name, value in headers:
        limit -= len(name) + len(value)
        if limit < 0:
            break
        taken.append((bytes(name).decode("latin-1"), bytes(value).decode("latin-1")))
    return tuple(taken)


async def _end(task: asyncio.Future[Any]) -> None:
    await asyncio.wait({task}, timeout=GRACE if not task.done() else 0)
    if not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=GRACE)
    if task.done() and not task.cancelled():
        task.exception()
