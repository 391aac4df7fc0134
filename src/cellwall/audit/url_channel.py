"""Opens WebSockets of a service at a URL through websockets: on a socket to the address that was judged."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, final

from cellwall.audit.loopback import Destination
from cellwall.audit.transport import AnswerLimits, ChannelRefusedError

if TYPE_CHECKING or find_spec("websockets") is not None:
    from websockets.asyncio.client import ClientConnection, connect
    from websockets.exceptions import WebSocketException


async def open_url_channel(
    to: Destination, path: str, headers: Sequence[tuple[str, str]], limits: AnswerLimits
) -> UrlStream:
    """Open a WebSocket of the service.

    Raises:
        ChannelRefusedError: the service does not accept, or websockets is not installed.
    """
    if find_spec("websockets") is None:
        raise ChannelRefusedError("channels behind a URL need websockets: install cellwall[audit]")
    secure = to.scheme == "https"
    try:
        # On a socket that is there already: no proxy of the environment, no redirect that could be followed.
        connection = await connect(
            ("wss" if secure else "ws") + to.origin[len(to.scheme) :] + path,
            sock=await _connected(to, limits), proxy=None, compression=None, max_size=limits.body,
            additional_headers=list(headers), open_timeout=limits.seconds, close_timeout=1,
            ping_interval=None,
            ssl=ssl.create_default_context() if secure else None,
        )  # fmt: skip
    except (WebSocketException, OSError, ValueError, TimeoutError) as error:
        raise ChannelRefusedError(f"{type(error).__name__}: {error}") from error
    return UrlStream(connection)


async def _connected(to: Destination, limits: AnswerLimits) -> socket.socket:
    raw = socket.socket(socket.AF_INET6 if ":" in to.address else socket.AF_INET)
    raw.setblocking(False)
    try:
        async with asyncio.timeout(limits.seconds):
            await asyncio.get_running_loop().sock_connect(raw, (to.address, to.port))
    except BaseException:
        raw.close()
        raise
    return raw


@final
class UrlStream:
    """A WebSocket of a service."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def receive(self) -> str | bytes:
        """Wait for the next frame."""
        return await self._connection.recv()

    async def send(self, text: str) -> None:
        """Send a text frame."""
        await self._connection.send(text)

    async def close(self) -> None:
        """Leave, whatever the other side says to it."""
        with suppress(WebSocketException, OSError, TimeoutError):
            await self._connection.close()
