"""One connection to the SQLite file of events: how it is opened, who may use it, what its errors mean."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any, Final, final

from cellwall.runtime.errors import StoreUnavailableError

SCHEMA: Final = (
    """CREATE TABLE IF NOT EXISTS cellwall_events (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        user_id TEXT NOT NULL,
        session_id TEXT NOT NULL,
        request_id TEXT NOT NULL,
        at REAL NOT NULL,
        event_id TEXT NOT NULL UNIQUE,
        properties TEXT NOT NULL
    ) STRICT""",
    "CREATE INDEX IF NOT EXISTS cellwall_events_of_user ON cellwall_events (user_id, at, seq)",
)


@final
class SQLiteLine:
    """One connection, opened when needed, used by one thread at a time."""

    def __init__(self, path: Path, busy_seconds: float) -> None:
        self._path = path
        self._busy_seconds = busy_seconds
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None

    @contextmanager
    def use(self) -> Iterator[sqlite3.Connection]:
        """Give the connection to one thread for a block.

        Raises:
            StoreUnavailableError: the disk is full, the file is gone, held, or not ours to read.
        """
        with self._lock:
            try:
                yield self._opened()
            except (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.ProgrammingError):
                raise  # these are about what was to be written
            except (sqlite3.Error, OSError) as error:
                why = error.strerror if isinstance(error, OSError) else error  # without the path
                raise StoreUnavailableError(
                    f"the file of the analytics store cannot be used: {why}; "
                    "look whether its disk has room (df -h), may be written to, and who else holds it"
                ) from error

    def close(self) -> None:
        """Close the connection; the next use opens one."""
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()

    def _opened(self) -> sqlite3.Connection:
        if self._connection is not None and self._file != self._found():
            self._connection.close()  # somebody removed the file: what is written to it would be lost
            self._connection = None
        if self._connection is None:
            self._connection = self._connect()
            self._file = self._found()
        return self._connection

    def _found(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino

    def _connect(self) -> sqlite3.Connection:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(
            self._path,
            timeout=self._busy_seconds,
            isolation_level=None,
            check_same_thread=False,
            factory=_SelfClosing,
        )
        try:
            for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL", *SCHEMA):
                connection.execute(statement)
        except BaseException:
            connection.close()
            raise
        return connection


class _SelfClosing(sqlite3.Connection):
    """Closes itself when nobody uses it any more, but never in a child process."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._process = os.getpid()

    def __del__(self) -> None:
        if self._process == os.getpid():
            self.close()
