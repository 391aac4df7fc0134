"""Transports that keep what is sent, and inboxes that keep what arrives."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn

from cellwall.runtime.websocket import Inbox
from cellwall.runtime.websocket.event import Event
from cellwall.runtime.websocket.inbox import Arrivals


class Tape:
    """A transport that keeps what is sent, waits at a gate, and can break."""

    def __init__(self) -> None:
        self.sent: list[Event] = []
        self.closes = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: BaseException | None = None

    async def send(self, event: Event) -> None:
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        self.sent.append(event)

    async def close(self) -> None:
        await asyncio.sleep(0)
        self.closes += 1


@dataclass
class Post:
    """What arrived in an inbox."""

    inbox: Inbox
    arrivals: Arrivals
    texts: list[tuple[str | None, str]] = field(default_factory=list)
    gaps: int = 0


@pytest.fixture
def tape() -> Callable[[], Tape]:
    return Tape


@pytest.fixture
def post() -> Callable[[str, str], Post]:
    def make(user_id: str, origin: str = "here") -> Post:
        made: Any = None

        def on_missed() -> None:
            made.gaps += 1

        arrivals = Arrivals()
        inbox = Inbox(
            user_id, origin, lambda target, text: made.texts.append((target, text)), on_missed, arrivals
        )
        made = Post(inbox, arrivals)
        return made

    return make


@pytest.fixture
def settle() -> Any:
    async def some_turns() -> None:
        for _ in range(10):
            await asyncio.sleep(0)

    return some_turns


@pytest.fixture
def until() -> Any:
    async def wait(condition: Callable[[], bool]) -> None:
        """Wait for what another process or server does; the test's own limit ends a wait in vain."""
        while not condition():  # noqa: ASYNC110 - another process has no event to set
            await asyncio.sleep(0.005)

    return wait


@pytest.fixture
def served() -> Any:
    @asynccontextmanager
    async def serve(app: Any, protocol: Any = "auto") -> AsyncIterator[str]:
        """Run an application on a real uvicorn; give its address without a scheme."""
        listener = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(
            app, ws=protocol, log_level="error", lifespan="off", ws_per_message_deflate=False
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving

    return serve
