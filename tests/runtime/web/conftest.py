"""Issuers, and a client that speaks ASGI without a network."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from cellwall import TokenIssuer, UserExecutionContext
from cellwall.runtime.web import request_context

Scope = Any
App = Callable[[Any, Any, Any], Awaitable[None]]


@dataclass
class Clock:
    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def issuer(clock: Clock) -> TokenIssuer:
    return TokenIssuer(b"k" * 32, clock=clock)


@dataclass
class Answer:
    """What an application sent."""

    messages: list[dict[str, Any]] = field(default_factory=list)

    async def send(self, message: dict[str, Any]) -> None:
        self.messages.append(dict(message))

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"])

    @property
    def headers(self) -> dict[str, str]:
        pairs = [(name.decode(), value.decode()) for name, value in self.messages[0]["headers"]]
        assert len(dict(pairs)) == len(pairs), "a header stands there twice"
        return dict(pairs)

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages[1:])


def http(token: str | None = None, path: str = "/notes", method: str = "GET", **headers: str) -> Scope:
    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    if token is not None:
        given.append((b"authorization", f"Bearer {token}".encode()))
    return {
        "type": "http",
        "path": path,
        "method": method,
        "scheme": "http",
        "headers": given,
        "query_string": b"",
    }


async def ask(app: App, scope: Scope) -> Answer:
    answer = Answer()

    requests = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not requests:
            await asyncio.Event().wait()  # the client stays
        return requests.pop()

    await app(scope, receive, answer.send)
    return answer


@dataclass
class Seen:
    """An application that remembers each request's context and answers with its user."""

    contexts: list[UserExecutionContext] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        class Connection:
            pass

        connection: Any = Connection()
        connection.scope = scope
        context = request_context(connection)
        self.contexts.append(context)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": context.user_id.encode()})


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def client() -> Any:
    """The functions above, which a test module cannot import."""

    class Client:
        http = staticmethod(http)
        ask = staticmethod(ask)

    return Client


class WebSocketPeer:
    """The client's end of a WebSocket, without a network."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.sent: list[dict[str, Any]] = []
        self._to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._to_app.put_nowait({"type": "websocket.connect"})

    async def receive(self) -> dict[str, Any]:
        return await self._to_app.get()

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(dict(message))
        if message["type"] == "websocket.close":
            self.say({"type": "websocket.disconnect", "code": message.get("code", 1000)})

    def say(self, message: dict[str, Any]) -> None:
        self._to_app.put_nowait(message)

    def say_text(self, text: str) -> None:
        self.say({"type": "websocket.receive", "text": text})

    def leave(self) -> None:
        self.say({"type": "websocket.disconnect", "code": 1001})

    @property
    def kinds(self) -> list[str]:
        return [message["type"] for message in self.sent]


@pytest.fixture
def websocket() -> Any:
    """Make the client's end of a WebSocket."""

    def make(
        token: str | None = None,
        *,
        path: str = "/live",
        subprotocols: list[str] | None = None,
        query: bytes = b"",
        denial: bool = False,
        **headers: str,
    ) -> WebSocketPeer:
        scope = http(token, path, **headers)
        scope |= {
            "type": "websocket",
            "scheme": "ws",
            "query_string": query,
            "subprotocols": subprotocols or [],
        }
        scope["extensions"] = {"websocket.http.response": {}} if denial else {}
        del scope["method"]
        return WebSocketPeer(scope)

    return make
