"""The append-only record of a run's events, in SQLite. What events mean is not known here.

One process appends, any number may read at the same time (write-ahead log). An event is on the disk when
`append` returns. Triggers refuse every change of what was recorded.
"""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final, final

from cellwall.migrate.errors import StorageError
from cellwall.migrate.events import Event, from_record
from cellwall.migrate.storage_errors import as_storage_error

FORMAT: Final = 1
SCHEMA: Final = f"""
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
BEGIN;
CREATE TABLE events(
    seq INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body))
) STRICT;
CREATE TRIGGER no_update BEFORE UPDATE ON events BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;
CREATE TRIGGER no_delete BEFORE DELETE ON events BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;
CREATE TRIGGER no_replace BEFORE INSERT ON events WHEN EXISTS (SELECT 1 FROM events WHERE seq = NEW.seq) BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;
PRAGMA user_version = {FORMAT};
COMMIT;
"""
SIDE_FILES: Final = ("", "-wal", "-shm", "-journal")


@final
class Journal:
    """A run's events in order.

    Every method raises StorageError when the disk is full, read-only or lost, or the file is torn; what
    was recorded before stays as it was.

    Attributes:
        skipped: how many records `records` left out because this version does not know their kind.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self.skipped: int = 0
        self._connection = connection

    @classmethod
    def create(cls, path: Path) -> "Journal":
        """Make an empty journal; it appears whole or not at all, and never in another's place."""
        if path.exists():
            raise StorageError(f"{path} exists already; resume that run, or `cellwall undo` it")
        unfinished = path.with_name(path.name + ".new")
        try:
            with as_storage_error("create the journal", path):
                _remove(unfinished)
                connection = sqlite3.connect(unfinished, isolation_level=None)
                try:
                    connection.executescript(SCHEMA)
                finally:
                    connection.close()
                unfinished.rename(path)
        finally:
            _remove(unfinished)
        return cls.open(path)

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> "Journal":
        """Open a journal to append to it, or only to read while another process appends."""
        if not path.is_file():
            raise StorageError(f"there is no journal at {path}")
        with as_storage_error("open the journal", path):
            connection = _connect_to_read(path) if read_only else _connect(path, "mode=rw")
            try:
                _examine(path, connection)
                if not read_only:
                    connection.executescript("PRAGMA synchronous = FULL; BEGIN IMMEDIATE; ROLLBACK;")
            except BaseException:
                connection.close()
                raise
        return cls(path, connection)

    def append(self, event: Event, at: float) -> int:
        """Record the event and give its number; when this returns, it is on the disk."""
        body = json.dumps(event.body(), allow_nan=False, separators=(",", ":"))
        with as_storage_error("append to the journal", self.path):
            cursor = self._connection.execute(
                "INSERT INTO events(at, kind, body) VALUES (?, ?, ?)", (at, type(event).__name__, body)
            )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def records(self, after: int = 0) -> Iterator[tuple[int, float, Event]]:
        """Give (number, time, event) of the records that follow number `after`."""
        query = "SELECT seq, at, kind, body FROM events WHERE seq > ? ORDER BY seq"
        with as_storage_error("read the journal", self.path):
            for seq, at, kind, body in self._connection.execute(query, (after,)):
                if (event := _event(kind, body)) is None:
                    self.skipped += 1
                else:
                    yield seq, at, event

    def close(self) -> None:
        """Close the file; closing twice is harmless."""
        with as_storage_error("close the journal", self.path):
            self._connection.close()


def _event(kind: str, body: str) -> Event | None:
    """Give the event, or None for a kind, or a shape of it, that only another version knows."""
    fields = json.loads(body)  # valid JSON: the table checks it
    try:
        return from_record(kind, fields) if isinstance(fields, dict) else None
    except (KeyError, TypeError):
        return None


def _connect(path: Path, query: str) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?{query}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=10, check_same_thread=False)


def _connect_to_read(path: Path) -> sqlite3.Connection:
    """Read beside a writer; on a read-only file system, where no log can be made, read the file alone."""
    connection = _connect(path, "mode=ro")
    try:
        connection.execute("SELECT 1 FROM sqlite_schema").fetchall()
    except BaseException as error:
        connection.close()
        if not isinstance(error, sqlite3.OperationalError):
            raise
        if path.with_name(path.name + "-wal").exists():
            raise
        return _connect(path, "mode=ro&immutable=1")
    return connection


def _examine(path: Path, connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > FORMAT:
        raise StorageError(f"{path} was made by a newer Cellwall (format {version}); use that version")
    (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    tables = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'events'").fetchall()
    if version != FORMAT or answer != "ok" or not tables:
        raise StorageError(f"{path} is torn or no journal ({answer}); restore it, or `cellwall undo`")


def _remove(path: Path) -> None:
    for suffix in SIDE_FILES:
        path.with_name(path.name + suffix).unlink(missing_ok=True)
