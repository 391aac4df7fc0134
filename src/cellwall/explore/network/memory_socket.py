"""What stands for a socket where code asks a transport for it."""

import socket
from typing import Final, final

_NO_DESCRIPTOR: Final = -1


@final
class MemorySocket:
    """Knows its two addresses, takes every option and has no descriptor."""

    family = socket.AF_INET
    type = socket.SOCK_STREAM
    proto: int = socket.IPPROTO_TCP

    def __init__(self, here: tuple[str, int], there: tuple[str, int] | None) -> None:
        self._here = here
        self._there = there

    def getsockname(self) -> tuple[str, int]:
        """Give the address of this end."""
        return self._here

    def getpeername(self) -> tuple[str, int]:
        """Give the address of the other end; raises OSError when there is none."""
        if self._there is None:
            raise OSError(107, "a listening socket in memory has no other end")
        return self._there

    def fileno(self) -> int:
        """Give what a closed socket gives."""
        return _NO_DESCRIPTOR

    def setsockopt(self, *_option: object) -> None:
        """Take the option; there is nothing to set."""

    def getsockopt(self, *_option: object) -> int:
        """Give 0 for every option."""
        return 0

    def setblocking(self, _flag: bool) -> None:
        """Take it; nothing here blocks."""

    def gettimeout(self) -> float:
        """Give what a socket that does not block gives."""
        return 0.0
