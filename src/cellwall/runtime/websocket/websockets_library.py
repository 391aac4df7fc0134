"""Connections of the `websockets` library (its asyncio servers, version 14 and later) as a transport."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

if TYPE_CHECKING:
    from websockets.asyncio.connection import Connection

WRITE_LIMIT: Final = 32 * 1024  # bytes that may wait in the socket's buffer; the library's own default


@final
class WebSocketsTransport:
    """Carries events over a connection of the `websockets` library, as JSON text frames.

    Example:
        async def handle(connection: ServerConnection) -> None:
            registered = await pool.register_connection(user_id, name, WebSocketsTransport(connection))
            await connection.wait_closed()
            await pool.release(registered)
    """

    __slots__ = ("_broadcast", "_connection", "_open")

    def __init__(self, connection: Connection) -> None:
        from websockets.asyncio.connection import broadcast  # noqa: PLC0415 - only who has it needs it
        from websockets.protocol import State  # noqa: PLC0415

        self._connection: Final = connection
        self._broadcast: Final = broadcast  # the library's way to write without a wait
        self._open: Final = State.OPEN

    def begin_text(self, text: str) -> bool:
        """Send one event without a wait, where the socket keeps up."""
        connection = self._connection
        if connection.state is not self._open or connection.transport.get_write_buffer_size() > WRITE_LIMIT:
            return False
        try:
            self._broadcast((connection,), text, raise_exceptions=True)
        except ExceptionGroup:  # somebody sends a fragmented message, or the write failed: `send` tells
            return False
        return True

    async def send_text(self, text: str) -> None:
        """Send one event."""
        await self._connection.send(text)

    async def close(self) -> None:
        """Close the connection; a second call does nothing."""
        await self._connection.close()
