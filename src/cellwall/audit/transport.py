"""How a request reaches the application: the protocol, its limits, and a fake that users may use too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, final

from cellwall.audit.exchange import Request, Response


@final
@dataclass(frozen=True, slots=True)
class AnswerLimits:
    """How much of an answer is taken, in bytes, and how long it is waited for, in seconds."""

    body: int = 1 << 20
    headers: int = 64 << 10
    seconds: float = 10.0


class ChannelStream(Protocol):
    """One opened WebSocket."""

    async def receive(self) -> str | bytes:
        """Wait for the next frame; raises whatever where there is none any more."""
        ...

    async def send(self, text: str) -> None:
        """Send a text frame."""
        ...

    async def close(self) -> None:
        """Leave."""
        ...


class ChannelRefusedError(Exception):
    """The application did not accept, or nothing here can open channels; the text says which."""


class Transport(Protocol):
    """Sends requests to one application, and nowhere else. `base` is its address for people to read."""

    base: str

    async def send(self, request: Request) -> Response:
        """Send one request; an answer that does not come is a response with status 0."""
        ...

    async def open_channel(self, path: str, headers: Sequence[tuple[str, str]]) -> ChannelStream:
        """Open a WebSocket.

        Raises:
            ChannelRefusedError: it was not accepted.
        """
        ...

    async def aclose(self) -> None:
        """Let go of everything."""
        ...


@final
@dataclass
class FakeTransport:
    """Answers by a function, and remembers what was sent."""

    answer: Callable[[Request], Awaitable[Response] | Response]
    base: str = "http://fake"
    sent: list[Request] = field(default_factory=list)

    async def send(self, request: Request) -> Response:
        """Ask the function."""
        self.sent.append(request)
        given = self.answer(request)
        return given if isinstance(given, Response) else await given

    async def open_channel(self, path: str, headers: Sequence[tuple[str, str]]) -> ChannelStream:
        """Refuse."""
        raise ChannelRefusedError("a fake has no channels")

    async def aclose(self) -> None:
        """Do nothing."""
