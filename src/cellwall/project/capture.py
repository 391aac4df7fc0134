"""Keeps the beginning and the end of what a process prints, and never more than the limit in memory."""

from collections import deque
from threading import Thread
from typing import IO, final


@final
class Capture:
    """Reads a pipe to its end in a thread of its own."""

    def __init__(self, pipe: IO[bytes], limit: int) -> None:
        """Begin to read; at most `limit` bytes are kept, half from the beginning and half from the end."""
        self._pipe, self._half = pipe, max(1, limit // 2)
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._tail_size = 0
        self._dropped = 0
        self._thread = Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while chunk := self._pipe.read1(1 << 16):  # type: ignore[attr-defined]  # a BufferedReader
            room = self._half - len(self._head)
            self._head += chunk[:room]
            if rest := chunk[room:]:
                self._tail.append(rest)
                self._tail_size += len(rest)
            while self._tail and self._tail_size - len(self._tail[0]) >= self._half:
                self._dropped += len(self._tail[0])
                self._tail_size -= len(self._tail.popleft())

    def finish(self) -> tuple[str, bool]:
        """Give the text and whether it was cut; waits until every writer has closed the pipe."""
        self._thread.join(10)
        if not self._thread.is_alive():
            self._pipe.close()
        tail = b"".join(self._tail)
        dropped = self._dropped + max(0, len(tail) - self._half)
        middle = f"\n[... {dropped} bytes left out ...]\n".encode() if dropped else b""
        data = bytes(self._head) + middle + tail[-self._half :]
        return data.decode("utf-8", "replace"), dropped > 0
