"""A server in memory, with the interface of `asyncio.Server`."""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol, final

from cellwall.explore.network.memory_socket import MemorySocket
from cellwall.explore.network.memory_transport import MemoryTransport


class Ports(Protocol):
    """Where servers are found."""

    def listen(self, server: "MemoryServer", /) -> None:
        """Let clients find the server."""

    def forget(self, server: "MemoryServer", /) -> None:
        """Let no more clients find the server."""


@final
class MemoryServer(asyncio.AbstractServer):
    """Accepts connections of tasks of the same run."""

    def __init__(
        self, ports: Ports, factory: Callable[[], asyncio.BaseProtocol], address: tuple[str, int]
    ) -> None:
        self.factory = factory
        self.address = address
        self._ports = ports
        self._loop = asyncio.get_running_loop()
        self._serving = False
        self._closed = self._loop.create_future()
        self._transports: list[MemoryTransport] = []

    def listen(self) -> None:
        """Let clients connect."""
        self._ports.listen(self)
        self._serving = True

    def attach(self, transport: MemoryTransport) -> None:
        """Keep a connection, for closing."""
        self._transports.append(transport)

    @property
    def sockets(self) -> tuple[MemorySocket, ...]:
        """What stands for the listening socket: it knows its address."""
        return () if self._closed.done() else (MemorySocket(self.address, None),)

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """Give the loop."""
        return self._loop

    def is_serving(self) -> bool:
        """Tell whether clients can connect."""
        return self._serving

    async def start_serving(self) -> None:
        """Let clients connect."""
        if not self._serving:
            self.listen()

    async def serve_forever(self) -> None:
        """Serve until cancelled or closed."""
        await self.start_serving()
        try:
            await asyncio.shield(self._closed)
        finally:
            self.close()

    def close(self) -> None:
        """Accept no more clients; open connections stay."""
        self._ports.forget(self)
        self._serving = False
        if not self._closed.done():
            self._closed.set_result(None)

    def close_clients(self) -> None:
        """Close every connection."""
        for transport in self._transports:
            transport.close()

    def abort_clients(self) -> None:
        """Close every connection at once."""
        for transport in self._transports:
            transport.abort()

    async def wait_closed(self) -> None:
        """Wait until `close` was called."""
        await asyncio.shield(self._closed)

    async def __aenter__(self) -> "MemoryServer":
        return self

    async def __aexit__(self, *_raised: Any) -> None:
        self.close()
        await self.wait_closed()
