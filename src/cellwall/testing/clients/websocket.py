"""A WebSocket client that lives in the loop: no thread, no socket, so every schedule reaches it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Self, final

from cellwall.canary import call_watched
from cellwall.testing.clients.errors import WebSocketClosedError, WebSocketRefusedError
from cellwall.testing.clients.identity import Headers, Identity
from cellwall.testing.clients.scopes import scope_of

NORMAL: Final = 1000
ABNORMAL: Final = 1006
GRACE: Final = 5.0  # seconds that the application has to return after the client has gone


@final
class WebSocketClient:
    """One connection to an ASGI application, open for the block.

    The application runs in a task of its own, in the context of the one who connects. What it raises is
    raised here: by `receive` where that waits for it, else at the end of the block.

    Example:
        >>> async def greet(app):
        ...     async with WebSocketClient(app, "/ws") as socket:
        ...         await socket.send("hello")
        ...         return await socket.receive()
    """

    def __init__(
        self,
        app: Any,
        path: str,
        identity: Identity | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        subprotocols: Sequence[str] = (),
        grace: float = GRACE,
    ) -> None:
        self._app, self._path, self._grace = app, path, grace
        self.identity: Identity = identity or Identity()
        given = self.identity.headers(
            path, {"upgrade": "websocket", "connection": "upgrade", **(headers or {})}
        )
        self._scope = scope_of("websocket", path, given, subprotocols=list(subprotocols))
        self._scope["extensions"] = {"websocket.http.response": {}}
        self._to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._to_client: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._closed: WebSocketClosedError | None = None
        self._gone = False
        self.subprotocol: str | None = None
        self.headers: Headers = []

    async def __aenter__(self) -> Self:
        """Connect and wait until the application accepts.

        Raises:
            WebSocketRefusedError: it does not.
        """
        self._task = asyncio.create_task(self._run())
        self._to_app.put_nowait({"type": "websocket.connect"})
        try:
            await self._accept()
        except BaseException:
            self._gone = True
            await self._end()
            raise
        return self

    async def _accept(self) -> None:
        message = await self._next()
        if message["type"] == "websocket.accept":
            self.subprotocol = message.get("subprotocol")
            self.headers = [(bytes(name), bytes(value)) for name, value in message.get("headers", ())]
            self.identity.remember(self._path, self.headers)
        elif message["type"] == "websocket.http.response.start":
            body = [part.get("body", b"") for part in self._waiting()]
            raise WebSocketRefusedError(self._path, status=message["status"], body=b"".join(body))
        else:
            raise WebSocketRefusedError(self._path, code=message.get("code", NORMAL))

    def _waiting(self) -> list[dict[str, Any]]:
        waiting = []
        while not self._to_client.empty():
            message = self._to_client.get_nowait()
            if message is not None:
                waiting.append(message)
        return waiting

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave, wait for the application to return, and raise what it raised."""
        self.leave()
        await self._end()
        failure = self._failure()
        if error is None and failure is not None and type(failure).__name__ != "WebSocketDisconnect":
            raise failure

    async def send(self, data: str | bytes) -> None:
        """Send a text or binary frame, and let the application run.

        Raises:
            WebSocketClosedError: the connection is closed.
        """
        if self._closed is not None or self._gone:
            raise self._closed or WebSocketClosedError(self._path, NORMAL, "this side has left")
        key = "text" if isinstance(data, str) else "bytes"
        self._to_app.put_nowait({"type": "websocket.receive", key: data})
        await asyncio.sleep(0)

    async def send_json(self, value: Any) -> None:
        """Send a text frame with `value` as JSON."""
        await self.send(json.dumps(value, separators=(",", ":")))

    async def receive(self) -> str | bytes:
        """Wait for the next frame.

        Raises:
            WebSocketClosedError: the application closed, or returned without closing (code 1006).
            BaseException: whatever the application raised.
        """
        if self._closed is not None:
            raise self._closed
        message = await self._next()
        if message["type"] == "websocket.close":
            self._closed = WebSocketClosedError(
                self._path, message.get("code", NORMAL), message.get("reason") or ""
            )
            raise self._closed
        data: str | bytes | None = message.get("bytes")
        text: str = message.get("text") or ""
        return text if data is None else data

    async def receive_json(self) -> Any:
        """Wait for the next frame, and read it as JSON."""
        return json.loads(await self.receive())

    def leave(self, code: int = NORMAL, reason: str = "") -> None:
        """Go without waiting: what the application sends from now on fails."""
        if not self._gone:
            self._gone = True
            self._to_app.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})

    async def _run(self) -> None:
        try:
            await call_watched(self._app, self._scope, self._to_app.get, self._send)
        finally:
            self._to_client.put_nowait(None)

    async def _send(self, message: Any) -> None:
        if self._gone:
            raise OSError("the client has gone")
        self._to_client.put_nowait(message)

    async def _next(self) -> dict[str, Any]:
        message = await self._to_client.get()
        if message is not None:
            return message
        self._closed = WebSocketClosedError(self._path, ABNORMAL, "the application returned")
        if self._task is not None:
            await asyncio.wait({self._task})
        raise self._failure() or self._closed

    def _failure(self) -> BaseException | None:
        task = self._task
        return task.exception() if task is not None and task.done() and not task.cancelled() else None

    async def _end(self) -> None:
        task = self._task
        if task is None:
            return
        try:
            await asyncio.wait({task}, timeout=self._grace)
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait({task}, timeout=self._grace)
