"""What carries events to one client: three shapes, of which a transport has the first that suits it."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol, final

from cellwall.runtime.websocket.event import Event


class Transport(Protocol):
    """Carries events to one client; both methods may raise whatever the network raises."""

    async def send(self, event: Event) -> None:
        """Send one event; it is this client's own copy."""
        ...

    async def close(self) -> None:
        """Close the connection; a second call does nothing."""
        ...


class TextTransport(Protocol):
    """Carries events that are JSON already, so that an event for five devices is serialised once."""

    async def send_text(self, text: str) -> None:
        """Send one event."""
        ...

    async def close(self) -> None:
        """Close the connection; a second call does nothing."""
        ...


class PromptTransport(Protocol):
    """Carries JSON, and mostly without a wait: then an event needs neither a queue nor a task."""

    def begin_text(self, text: str) -> Awaitable[None] | bool:
        """Send one event: True when it is on its way, False when it needs `send_text`, or what to await."""
        ...

    async def send_text(self, text: str) -> None:
        """Send one event, with as much waiting as it needs."""
        ...

    async def close(self) -> None:
        """Close the connection; a second call does nothing."""
        ...


AnyTransport = Transport | TextTransport | PromptTransport


@final
class Line:
    """The way to one client, whatever the shape of its transport."""

    __slots__ = ("begin", "close", "send")

    def __init__(self, transport: AnyTransport) -> None:
        begin = getattr(transport, "begin_text", None)
        send = getattr(transport, "send_text", None)
        sends = send or getattr(transport, "send", None)
        if not (sends and getattr(transport, "close", None)):
            raise TypeError(
                f"a transport has send or send_text, and close; {type(transport).__name__} has not"
            )
        self.begin: Final[Callable[[str], Awaitable[None] | bool]] = begin or _never
        self.send: Final[Callable[[str], Awaitable[None]]] = send or _events_to(transport)
        self.close: Final = transport.close


def _never(text: str) -> bool:
    return False


def _events_to(transport: Any) -> Callable[[str], Awaitable[None]]:
    async def send(text: str) -> None:
        await transport.send(json.loads(text))

    return send
