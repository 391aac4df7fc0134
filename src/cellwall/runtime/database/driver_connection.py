"""The driver's connection, whose thread may be told to end more than once; aiosqlite's may not."""

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any, Final, final

from aiosqlite import Connection

_ROWS_AT_ONCE: Final = 64  # aiosqlite's own number


@final
class DriverConnection(Connection):
    """Ends once: who closes it after that has nothing to wait for.

    A store that stops, and SQLAlchemy when a request is cancelled, tell the thread to end while somebody may
    wait in `close`. aiosqlite then asks the ended thread once more and waits for ever. Who closes while the
    thread is still to end would make it forget the file, which then stays open.
    """

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, _ROWS_AT_ONCE)
        self._thread.daemon = True  # as SQLAlchemy does: a connection left open keeps no process alive
        self._told = False

    def stop(self) -> asyncio.Future[Any] | None:
        """Let the thread do what it was asked before, close the file and end; a second call does nothing."""
        if self._told:
            return None
        self._told = True
        return super().stop()

    async def close(self) -> None:
        """Close the file and wait for it, unless the thread has been told to."""
        if not self._told:
            await super().close()


def open_driver(address: str, **options: Any) -> DriverConnection:
    """Make the connection that SQLAlchemy opens by awaiting it; `options` are those of `sqlite3.connect`."""
    return DriverConnection(lambda: sqlite3.connect(address, **options))
