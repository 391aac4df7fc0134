"""The embedded database: one SQLite file per owner, so that no query can reach another owner's rows."""

import sqlite3
import weakref
from collections import OrderedDict
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any, Final, final

from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from cellwall.runtime.database.owner import Owner
from cellwall.runtime.database.session import RequestSession
from cellwall.runtime.database.tables import MissingTables

MAX_STORES: Final = 64
BUSY_SECONDS: Final = 5.0


@final
class Store:
    """One owner's file with the engine that opens it."""

    def __init__(self, path: Path) -> None:
        self.path: Final = path
        self.tables: Final = MissingTables()
        self.engine: Final = _engine(path)

    def remove(self) -> None:
        """Delete the file and what SQLite keeps beside it."""
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.path}{suffix}").unlink(missing_ok=True)


@final
class EmbeddedStorage:
    """The files of all owners in one folder; without one, in a temporary folder that ends with it."""

    def __init__(self, directory: Path | None = None) -> None:
        if directory is None:
            directory = Path(mkdtemp(prefix="cellwall-"))
            weakref.finalize(self, rmtree, directory, ignore_errors=True)
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._directory = directory
        self._stores: OrderedDict[Owner, Store] = OrderedDict()

    async def open(self, owner: Owner, request_id: str) -> RequestSession:
        """Make a session over the owner's own file; an anonymous owner's file goes when it closes."""
        store = self.of(owner)
        session = RequestSession(store.engine, owner, request_id)
        store.tables.watch(session.sync_session)
        if owner.anonymous:
            session.on_end(lambda: self.discard(owner))
        return session

    async def close(self) -> None:
        """Forget every store; a store out of use holds nothing open."""
        self._stores.clear()

    def of(self, owner: Owner) -> Store:
        """Give the store of `owner`. A store out of use holds nothing open, so the oldest are forgotten."""
        store = self._stores.pop(owner, None) or Store(self._directory / f"{owner.digest}.sqlite3")
        self._stores[owner] = store
        while len(self._stores) > MAX_STORES:
            self._stores.popitem(last=False)
        return store

    def discard(self, owner: Owner) -> None:
        """Delete everything of `owner`."""
        store = self._stores.pop(owner, None) or Store(self._directory / f"{owner.digest}.sqlite3")
        store.remove()


class _WalledConnection(sqlite3.Connection):
    """Cannot attach another owner's file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            self.execute(f"PRAGMA {pragma}").close()


def _engine(path: Path) -> AsyncEngine:
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{path}",
        poolclass=NullPool,  # a file is open while a session uses it, and no longer
        connect_args={"factory": _WalledConnection, "isolation_level": None, "timeout": BUSY_SECONDS},
    )
    event.listen(engine.sync_engine, "before_cursor_execute", _begin)
    return engine


def _begin(connection: Connection, cursor: Any, statement: str, *_rest: Any) -> None:
    """Begin at the first statement: a writer takes the write lock at once and never has to upgrade."""
    driver: Any = connection.connection.driver_connection
    if not driver.in_transaction:
        cursor.execute("BEGIN" if statement.lstrip()[:6].upper() == "SELECT" else "BEGIN IMMEDIATE")
