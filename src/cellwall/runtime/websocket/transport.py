"""What carries an event to one client, and adapters for the libraries that do."""

import json
from collections.abc import Mapping
from typing import Any, Protocol, final

Event = Mapping[str, Any]


class Transport(Protocol):
    """Carries events to one client; both methods may raise whatever the network raises."""

    async def send(self, event: Event) -> None:
        """Send one event."""
        ...

    async def close(self) -> None:
        """Close the connection; a second call does nothing."""
        ...


class StarletteWebSocket(Protocol):
    """The part of Starlette's and FastAPI's `WebSocket` that is used here."""

    async def send_text(self, data: str) -> None:
        """Send one text frame."""
        ...

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        """Close the connection."""
        ...


@final
class StarletteTransport:
    """Carries events over an accepted Starlette or FastAPI WebSocket, as JSON text frames."""

    def __init__(self, websocket: StarletteWebSocket) -> None:
        self._websocket = websocket
        self._closed = False

    async def send(self, event: Event) -> None:
        """Send one event as JSON."""
        await self._websocket.send_text(json.dumps(dict(event)))

    async def close(self) -> None:
        """Close the WebSocket, once; one that the client has closed already is left alone."""
        if not self._closed:
            self._closed = True
            try:
                await self._websocket.close()
            except RuntimeError:  # Starlette's answer when a close frame has gone out before
                return
