"""The fast HTTP client: calls the application and does nothing else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

from cellwall.canary import call_watched
from cellwall.testing.clients.errors import NoAnswerError
from cellwall.testing.clients.identity import Headers, Identity
from cellwall.testing.clients.scopes import scope_of


@final
@dataclass(frozen=True, slots=True)
class RawResponse:
    """A whole response: status, headers as sent, body in bytes."""

    status: int
    headers: Headers
    body: bytes

    @property
    def text(self) -> str:
        """The body as UTF-8."""
        return self.body.decode(errors="replace")

    def json(self) -> Any:
        """Give the body as JSON.

        Raises:
            ValueError: it is none.
        """
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        """Give the first header of this name."""
        wanted = name.lower().encode()
        return next((value.decode("latin-1") for key, value in self.headers if key.lower() == wanted), None)


@final
class RawClient:
    """Calls any ASGI application in the running task; no redirects, no decoding, no limits of time.

    Example:
        >>> import asyncio
        >>> async def hello(scope, receive, send):
        ...     await send({"type": "http.response.start", "status": 200, "headers": []})
        ...     await send({"type": "http.response.body", "body": b"hello"})
        >>> asyncio.run(RawClient(hello).get("/")).text
        'hello'
    """

    def __init__(self, app: Any, identity: Identity | None = None) -> None:
        self.app = app
        self.identity: Identity = identity or Identity()

    async def get(self, path: str, **options: Any) -> RawResponse:
        """Send a GET request."""
        return await self.request("GET", path, **options)

    async def post(self, path: str, **options: Any) -> RawResponse:
        """Send a POST request."""
        return await self.request("POST", path, **options)

    async def request(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        json: Any = None,
    ) -> RawResponse:
        """Send one request; `json` is written as the body.

        Raises:
            NoAnswerError: the application returned without a whole response.
            BaseException: whatever the application raises.
        """
        extra = dict(headers or {})
        if json is not None:
            body = _written(json)
            extra.setdefault("content-type", "application/json")
        if body:
            extra.setdefault("content-length", str(len(body)))
        return await self.send(method, path, self.identity.headers(path, extra), body)

    async def send(self, method: str, path: str, headers: Headers, body: bytes = b"") -> RawResponse:
        """Send a request with these headers and no others; cookies that come are kept."""
        answer = _Answer(body)
        await call_watched(
            self.app, scope_of("http", path, headers, method=method.upper()), answer.receive, answer.send
        )
        if answer.status is None or not answer.whole:
            raise NoAnswerError(f"{method} {path}: the application returned without a whole response")
        self.identity.remember(path, answer.headers)
        return RawResponse(answer.status, answer.headers, b"".join(answer.parts))


class _Answer:
    """The two channels of one call."""

    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body
        self.status: int | None = None
        self.headers: Headers = []
        self.parts: list[bytes] = []
        self.whole = False
        self._ended = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._ended.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = [(bytes(name), bytes(value)) for name, value in message.get("headers", ())]
        elif message["type"] == "http.response.body":
            self.parts.append(bytes(message.get("body", b"")))
            self.whole = not message.get("more_body", False)
            if self.whole:
                self._ended.set()


def _written(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
