"""The servers and connections of one run, in memory: every write arrives as one piece, in order."""

import asyncio
from collections.abc import Callable, Mapping
from socket import socket
from typing import Any, Final, Protocol, final
from weakref import WeakKeyDictionary

from cellwall.explore.lane import Lane
from cellwall.explore.network.memory_server import MemoryServer
from cellwall.explore.network.memory_transport import Direction, MemoryTransport

FIRST_PORT: Final = 49152  # of the ports given to servers that ask for any
LOOPBACK: Final = (None, "", "localhost", "127.0.0.1", "::1", "0.0.0.0", "::")
_REAL: Final = ("ssl", "sock", "local_addr")  # options that need a real socket


class NetworkLoop(Protocol):
    """What the network needs of its loop."""

    def soon_in(self, lane: Lane, callback: Callable[..., object], *args: object) -> None:
        """Make a callback due in a lane."""

    def create_future(self) -> "asyncio.Future[Any]":
        """Give a future."""


@final
class MemoryNetwork:
    """Which server listens on which port of this run."""

    def __init__(self, loop: NetworkLoop) -> None:
        self._loop = loop
        self._servers: dict[int, MemoryServer] = {}
        self._connections = 0
        self._next_port = FIRST_PORT
        self._transports: list[MemoryTransport] = []
        self._met: WeakKeyDictionary[socket, int] = WeakKeyDictionary()

    def drop(self) -> None:
        """Forget every server and connection: the run has ended."""
        self._servers.clear()
        for transport in self._transports:
            transport.drop()
        self._transports.clear()

    def can_serve(self, options: Mapping[str, object]) -> bool:
        """Tell whether a server with these options can be in memory."""
        return not any(options.get(name) for name in _REAL)

    def port_of(self, host: object, port: object, options: Mapping[str, object]) -> int | None:
        """Give the port of the server of this run that is asked for, by address or by a socket that met it.

        That socket has done its part: it is closed.
        """
        sock = options.get("sock")
        if isinstance(sock, socket) and sock in self._met:
            sock.close()
            return self._met.pop(sock)
        served = self.can_serve(options) and host in LOOPBACK and port in self._servers
        return int(str(port)) if served else None

    def meets(self, sock: socket, address: object) -> bool:
        """Note that the socket is connected, if the address is a server's of this run.

        So do libraries that choose among a host's addresses themselves (aiohttp's client): they connect a
        socket first and make a transport of it then.
        """
        if not isinstance(address, tuple) or address[0] not in LOOPBACK or address[1] not in self._servers:
            return False
        self._met[sock] = address[1]
        return True

    def serve(
        self, factory: Callable[[], asyncio.BaseProtocol], host: object, port: int | None, *, started: bool
    ) -> MemoryServer:
        """Open a server; raises OSError when the port is taken."""
        if not port:
            while self._next_port in self._servers:
                self._next_port += 1
            port = self._next_port
            self._next_port += 1
        if port in self._servers:
            raise OSError(98, f"the port {port} is in use by another server of this run")
        server = MemoryServer(self, factory, (str(host or "127.0.0.1"), port))
        if started:
            server.listen()
        return server

    def listen(self, server: MemoryServer) -> None:
        """Let clients find the server."""
        self._servers[server.address[1]] = server

    def forget(self, server: MemoryServer) -> None:
        """Let no more clients find the server."""
        if self._servers.get(server.address[1]) is server:
            del self._servers[server.address[1]]

    async def connect(
        self, factory: Callable[[], asyncio.BaseProtocol], port: int
    ) -> tuple[MemoryTransport, asyncio.BaseProtocol]:
        """Connect to a server of this run."""
        server = self._servers[port]
        self._connections += 1
        name = f"connection{self._connections}"
        there, back = Direction(self._loop, f"{name}/to"), Direction(self._loop, f"{name}/back")
        here = ("127.0.0.1", 32768 + self._connections)
        client, protocol = MemoryTransport(there, here, server.address), factory()
        served, server_protocol = MemoryTransport(back, server.address, here), server.factory()
        client.join(served, protocol)
        served.join(client, server_protocol)
        server.attach(served)
        self._transports += (client, served)
        connected = self._loop.create_future()
        there.send(server_protocol.connection_made, served)
        back.send(protocol.connection_made, client)
        back.send(_arrive, connected)
        try:
            await connected
        except BaseException:
            client.abort()
            raise
        return client, protocol


def _arrive(connected: "asyncio.Future[None]") -> None:
    if not connected.done():
        connected.set_result(None)
