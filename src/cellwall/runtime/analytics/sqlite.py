"""Events in one SQLite file of the service, which several processes of one machine may share."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, final

from cellwall.runtime.analytics.event import AnalyticsEvent
from cellwall.runtime.analytics.process import start_anew_in_children
from cellwall.runtime.analytics.sqlite_line import SQLiteLine
from cellwall.runtime.analytics.store import EVENTS_PER_USER

BUSY_SECONDS: Final = 5.0
COLUMNS: Final = "name, user_id, session_id, request_id, at, event_id, properties"

_INSERT: Final = f"""
    INSERT INTO cellwall_events ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (event_id) DO NOTHING"""
_NEWEST: Final = f"""
    SELECT {COLUMNS} FROM cellwall_events
    WHERE user_id = :user AND (:name IS NULL OR name = :name) ORDER BY at DESC, seq DESC LIMIT :limit"""
_OLDEST_TO_GO: Final = """
    SELECT at, seq FROM cellwall_events WHERE user_id = ? ORDER BY at DESC, seq DESC LIMIT 1 OFFSET ?"""
_FORGET: Final = "DELETE FROM cellwall_events WHERE user_id = ? AND (at, seq) <= (?, ?)"


@final
class SQLiteAnalyticsStore:
    """Keeps the newest events of each user in the file `path`, readable by this OS user alone.

    Two connections at most, one that writes and one that reads, however many threads there are.
    """

    def __init__(
        self,
        path: Path,
        events_per_user: int = EVENTS_PER_USER,
        *,
        busy_seconds: float = BUSY_SECONDS,
    ) -> None:
        self._path = path
        self._limit = events_per_user
        self._busy_seconds = busy_seconds
        self._inherited: list[object] = []
        self._start()
        start_anew_in_children(self)

    def _start(self) -> None:
        self._writer = SQLiteLine(self._path, self._busy_seconds)
        self._reader = SQLiteLine(self._path, self._busy_seconds)

    def after_fork(self) -> None:
        """Leave the parent's connections alone: SQLite forbids a child even to close them."""
        self._inherited += [self._writer, self._reader]
        self._start()

    def write(self, events: Sequence[AnalyticsEvent]) -> None:
        """Keep all of them in one transaction; the owner's oldest ones go when there are too many."""
        with self._writer.use() as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany(_INSERT, map(_row, events))
                for user_id in {event.user_id for event in events}:
                    cut = connection.execute(_OLDEST_TO_GO, (user_id, self._limit)).fetchone()
                    if cut:
                        connection.execute(_FORGET, (user_id, *cut))
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def of_user(
        self, user_id: str, *, name: str | None = None, limit: int | None = None
    ) -> list[AnalyticsEvent]:
        """Give this owner's newest events, `limit` at most, oldest first, and nobody else's."""
        newest = self._limit if limit is None else min(limit, self._limit)
        with self._reader.use() as connection:
            rows = connection.execute(_NEWEST, {"user": user_id, "name": name, "limit": newest}).fetchall()
        return [AnalyticsEvent(*row) for row in reversed(rows)]

    def close(self) -> None:
        """Close the file; a later use opens it again."""
        self._reader.close()
        self._writer.close()


def _row(event: AnalyticsEvent) -> tuple[Any, ...]:
    return (
        event.name,
        event.user_id,
        event.session_id,
        event.request_id,
        event.at,
        event.event_id,
        event.properties_text,
    )
