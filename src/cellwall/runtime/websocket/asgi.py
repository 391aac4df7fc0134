"""The `send` of an ASGI application as a transport: what Starlette would call for us, without Starlette."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, final

from cellwall.runtime.websocket.first_step import first_step

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# Servers whose `send` was read: it waits for nothing but room in the write buffer, and asks for no task.
_PROMPT_SERVERS: Final = frozenset(
    {
        ("uvicorn.protocols.websockets.websockets_sansio_impl", "WebSocketsSansIOProtocol"),
        ("uvicorn.protocols.websockets.wsproto_impl", "WSProtocol"),
    }
)


@final
class AsgiTransport:
    """Carries events over the `send` of an accepted ASGI WebSocket, as JSON text frames.

    Straight on uvicorn (no middleware wraps `send`) an event goes out without a task.

    Example:
        async def app(scope, receive, send):
            await receive()
            await send({"type": "websocket.accept"})
            await pool.register_connection(user_id, connection_id, AsgiTransport(send))
    """

    __slots__ = ("_closed", "_prompt", "_send")

    def __init__(self, send: Send) -> None:
        self._send: Final = send
        self._closed = False
        server = type(getattr(send, "__self__", None))
        self._prompt: Final = (server.__module__, server.__qualname__) in _PROMPT_SERVERS

    def begin_text(self, text: str) -> Awaitable[None] | bool:
        """Send one event; without a wait where the server is known and has room."""
        if not self._prompt:
            return False
        sending: Any = self._send({"type": "websocket.send", "text": text})
        return first_step(sending)

    async def send_text(self, text: str) -> None:
        """Send one event."""
        await self._send({"type": "websocket.send", "text": text})

    async def close(self) -> None:
        """Close the WebSocket, once; one that the client has closed already is left alone."""
        if not self._closed:
            self._closed = True
            try:
                await self._send({"type": "websocket.close", "code": 1000})
            except (RuntimeError, OSError):  # a server's answers when a close frame has gone before
                return
