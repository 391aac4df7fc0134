"""A thousand clients in one process that cost next to nothing: they read, count bytes and look at no frame.

Every event has the same size on the wire, so bytes tell how many came.
"""

from __future__ import annotations

import select
import socket
import time
from typing import Final, final

TIME_LIMIT: Final = 60.0
_KEY: Final = "dGhlIHNhbXBsZSBub25jZQ=="


class StalledError(RuntimeError):
    """The server sent less than it was told to, for too long."""


@final
class Clients:
    """Connections of `user-0` to `user-N` to one server."""

    def __init__(self, port: int, path: str, opening: bytes = b"") -> None:
        self._port, self._path, self._opening = port, path, opening
        self._sockets: dict[int, socket.socket] = {}
        self._poll = select.epoll()
        self._buffer = bytearray(1 << 18)
        self._unread: socket.socket | None = None

    def open(self, count: int) -> None:
        """Connect as many users as needed, one after the other."""
        for number in range(len(self._sockets), count):
            client = self._connect(f"user-{number}")
            client.setblocking(False)
            self._sockets[client.fileno()] = client
            self._poll.register(client.fileno(), select.EPOLLIN)

    def open_unread(self) -> None:
        """Connect a user who never reads."""
        self._unread = self._connect("unread")

    def read(self, wanted: int) -> None:
        """Read until `wanted` bytes have come, over all connections.

        Raises:
            StalledError: they do not come.
        """
        deadline = time.monotonic() + TIME_LIMIT
        while wanted > 0:
            if time.monotonic() > deadline:
                raise StalledError(f"{wanted} bytes did not come")
            for number, _ in self._poll.poll(1.0):
                wanted -= self._sockets[number].recv_into(self._buffer)
        if wanted < 0:
            raise StalledError(f"{-wanted} bytes more than wanted")

    def read_quiet(self, seconds: float = 1.0) -> int:
        """Read until nothing has come for a while; give the number of bytes."""
        total = 0
        while ready := self._poll.poll(seconds):
            for number, _ in ready:
                total += self._sockets[number].recv_into(self._buffer)
        return total

    def close(self) -> None:
        """Close all."""
        self._poll.close()
        for client in self._sockets.values():
            client.close()
        self._sockets.clear()
        if self._unread is not None:
            self._unread.close()

    def _connect(self, user_id: str) -> socket.socket:
        client = socket.create_connection(("127.0.0.1", self._port), timeout=TIME_LIMIT)
        _shake_hands(client, f"{self._path}user={user_id}")
        if self._opening:
            client.sendall(masked_text(self._opening))
        return client


def masked_text(payload: bytes) -> bytes:
    """Give a short text frame as a client sends it."""
    return bytes([0x81, 0x80 | len(payload)]) + b"\0\0\0\0" + payload


def _shake_hands(client: socket.socket, path: str) -> None:
    request = (
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {_KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    client.sendall(request.encode("ascii"))
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = client.recv(1)
        if not byte:
            raise StalledError(f"refused: {head!r}")
        head += byte
    if b" 101 " not in head.split(b"\r\n", 1)[0]:
        raise StalledError(f"refused: {head!r}")
