"""One end of a connection in memory."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Final, Protocol, final

from cellwall.explore.lane import Lane
from cellwall.explore.network.memory_socket import MemorySocket

HIGH_WATER: Final = 64 * 1024  # bytes on their way above which a writer is asked to pause


class DirectionLoop(Protocol):
    """What a direction needs of its loop."""

    def soon_in(self, lane: Lane, callback: Callable[..., object], *args: object) -> None:
        """Make a callback due in a lane."""


@final
class Direction:
    """One direction of a connection: what goes into it comes out in the same order."""

    def __init__(self, loop: DirectionLoop, name: str) -> None:
        self._loop = loop
        self._lane = Lane(name)

    def send(self, callback: Callable[..., object], *args: object) -> None:
        """Have the callback called at the other end after everything that was sent before."""
        self._loop.soon_in(self._lane, callback, *args)


@final
class MemoryTransport(asyncio.Transport):
    """One end of a connection in memory; `direction` is the one that it writes to."""

    def __init__(self, direction: Direction, here: tuple[str, int], there: tuple[str, int]) -> None:
        super().__init__({"sockname": here, "peername": there, "socket": MemorySocket(here, there)})
        self._direction = direction
        self._closing = False
        self._lost = False
        self._ended = False  # write_eof was called
        self._reading = True
        self._held: deque[bytes | None] = deque()  # arrived while reading was paused; None is the end
        self._on_way = 0
        self._high, self._low = HIGH_WATER, HIGH_WATER // 4
        self._paused_writer = False
        self._peer: MemoryTransport
        self._protocol: Any

    def join(self, peer: "MemoryTransport", protocol: asyncio.BaseProtocol) -> None:
        """Give this end its other end and its protocol."""
        self._peer = peer
        self._protocol = protocol

    # Writing.

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send the bytes as one piece."""
        if not isinstance(data, bytes | bytearray | memoryview):
            raise TypeError(f"data: expected bytes, got {type(data).__name__}")
        if self._ended:
            raise RuntimeError("Cannot call write() after write_eof()")
        if self._closing or self._lost or not data:
            return
        piece = bytes(data)
        self._on_way += len(piece)
        self._direction.send(self._peer.arrive, piece)
        if self._on_way > self._high and not self._paused_writer:
            self._paused_writer = True
            self._protocol.pause_writing()

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        """Send the pieces joined."""
        self.write(b"".join(list_of_data))

    def write_eof(self) -> None:
        """Tell the other end that nothing more comes."""
        if not self._ended and not self._closing:
            self._ended = True
            self._direction.send(self._peer.arrive, None)

    def can_write_eof(self) -> bool:
        """Tell that write_eof is there."""
        return True

    def get_write_buffer_size(self) -> int:
        """Give the number of bytes that are on their way."""
        return self._on_way

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """Give below how many bytes writing goes on, and above how many it pauses."""
        return self._low, self._high

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set above how many bytes writing pauses, and below how many it goes on."""
        self._high = high if high is not None else (4 * low if low is not None else HIGH_WATER)
        self._low = low if low is not None else self._high // 4

    def delivered(self, size: int) -> None:
        """Take note that the other end's protocol got so many bytes."""
        self._on_way -= size
        if self._paused_writer and self._on_way <= self._low:
            self._paused_writer = False
            self._protocol.resume_writing()

    # Reading.

    def arrive(self, piece: bytes | None) -> None:
        """Take what the other end sent; None is the end of it."""
        if self._lost:
            if piece is not None:
                self._direction.send(self._peer.lose, ConnectionResetError(104, "the other end is closed"))
        elif not self._reading or self._held:
            self._held.append(piece)
        else:
            self._deliver(piece)

    def _deliver(self, piece: bytes | None) -> None:
        if piece is None:
            if not self._protocol.eof_received():
                self.close()
        elif not self._closing:
            self._feed(piece)
        if piece is not None:
            self._peer.delivered(len(piece))

    def _feed(self, piece: bytes) -> None:
        """Give the piece to the protocol, through its buffers if it has such."""
        if not isinstance(self._protocol, asyncio.BufferedProtocol):
            self._protocol.data_received(piece)
            return
        while piece:
            buffer = memoryview(self._protocol.get_buffer(len(piece)))
            size = min(len(buffer), len(piece))
            buffer[:size] = piece[:size]
            self._protocol.buffer_updated(size)
            piece = piece[size:]

    def pause_reading(self) -> None:
        """Keep what arrives."""
        self._reading = False

    def resume_reading(self) -> None:
        """Deliver what arrived, and what arrives."""
        self._reading = True
        while self._held and self._reading and not self._lost:
            self._deliver(self._held.popleft())

    def is_reading(self) -> bool:
        """Tell whether what arrives is delivered."""
        return self._reading and not self._closing

    # Protocol and end.

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Change the protocol."""
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Give the protocol."""
        protocol: asyncio.BaseProtocol = self._protocol
        return protocol

    def is_closing(self) -> bool:
        """Tell whether this end is closed or about to be."""
        return self._closing

    def close(self) -> None:
        """Close after everything written has arrived."""
        if not self._closing:
            self._closing = True
            if not self._ended:
                self._direction.send(self._peer.arrive, None)
            self._direction.send(self.lose, None)

    def abort(self) -> None:
        """Close, as `close` does: in memory everything written arrives."""
        self.close()

    def drop(self) -> None:
        """Be over, and tell nobody: the run has ended."""
        self._lost = self._closing = True
        self._held.clear()

    def lose(self, error: Exception | None) -> None:
        """Tell the protocol once that the connection is over."""
        if not self._lost:
            self._lost = self._closing = True
            self._held.clear()
            self._protocol.connection_lost(error)
