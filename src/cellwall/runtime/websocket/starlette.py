"""Starlette's and FastAPI's WebSocket as a transport. Needs neither of them to be installed."""

from typing import Final, Protocol, final


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

    __slots__ = ("_closed", "_websocket")

    def __init__(self, websocket: StarletteWebSocket) -> None:
        self._websocket: Final = websocket
        self._closed = False

    async def send_text(self, text: str) -> None:
        """Send one event."""
        await self._websocket.send_text(text)

    async def close(self) -> None:
        """Close the WebSocket, once; one that the client has closed already is left alone."""
        if not self._closed:
            self._closed = True
            try:
                await self._websocket.close()
            except RuntimeError:  # Starlette's answer when a close frame has gone out before
                return
