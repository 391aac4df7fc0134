"""The answers of the middleware itself: small JSON problem documents (RFC 9457), for HTTP and WebSocket."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, final

from cellwall.runtime.errors import RateLimitedError, ResourceExhaustedError, TokenError, TokenMissingError
from cellwall.runtime.web.asgi import Receive, Scope, Send

Headers = list[tuple[bytes, bytes]]

CLOSE_REFUSED: Final = 1008
CLOSE_LATER: Final = 1013
_DETAILS: Final = {
    HTTPStatus.UNAUTHORIZED: "the token is missing or not accepted; sign in again",
    HTTPStatus.FORBIDDEN: "requests with a cookie must come from this site's own pages",
    HTTPStatus.TOO_MANY_REQUESTS: "too many requests; come back after the time in Retry-After",
    HTTPStatus.SERVICE_UNAVAILABLE: "something this request needs is full or gone; try again in a moment",
}


@final
@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal: a status with its headers. The text depends on the status alone."""

    status: HTTPStatus
    headers: tuple[tuple[bytes, bytes], ...] = ()

    @classmethod
    def of(cls, error: Exception) -> "Problem":
        """Give the answer to an error of this room; its own text is for logs, not for clients."""
        if isinstance(error, TokenError):
            challenge = b"Bearer" if isinstance(error, TokenMissingError) else b'Bearer error="invalid_token"'
            return cls(HTTPStatus.UNAUTHORIZED, ((b"www-authenticate", challenge),))
        if isinstance(error, RateLimitedError):
            wait = b"%d" % max(1, round(error.retry_after + 0.5))
            return cls(HTTPStatus.TOO_MANY_REQUESTS, ((b"retry-after", wait),))
        if isinstance(error, ResourceExhaustedError):
            return cls(HTTPStatus.SERVICE_UNAVAILABLE, ((b"retry-after", b"1"),))
        return cls(HTTPStatus.FORBIDDEN)

    @property
    def body(self) -> bytes:
        """The document."""
        status = self.status
        text = {"type": "about:blank", "title": status.phrase, "status": status, "detail": _DETAILS[status]}
        return json.dumps(text).encode()

    @property
    def close_code(self) -> int:
        """The code that a WebSocket is closed with."""
        return CLOSE_REFUSED if self.status in (401, 403) else CLOSE_LATER

    async def answer(self, send: Send) -> None:
        """Answer an HTTP request whose response has not begun."""
        await self._respond(send, "http.response")

    async def deny(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a WebSocket before it is accepted; with this document where the server can send one."""
        await receive()  # the client's connect
        if "websocket.http.response" in (scope.get("extensions") or {}):
            await self._respond(send, "websocket.http.response")
        else:
            await send({"type": "websocket.close", "code": self.close_code})

    async def _respond(self, send: Send, prefix: str) -> None:
        body = self.body
        headers: Headers = [
            (b"content-type", b"application/problem+json"),
            (b"content-length", b"%d" % len(body)),
            (b"cache-control", b"no-store"),
            *self.headers,
        ]
        await send({"type": f"{prefix}.start", "status": int(self.status), "headers": headers})
        await send({"type": f"{prefix}.body", "body": body})
