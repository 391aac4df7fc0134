"""The embedded database: one SQLite file per owner, so that no query can reach another owner's rows."""

import asyncio
import weakref
from collections.abc import Callable
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any, Final, final

from sqlalchemy import ClauseElement, Connection, MetaData, Table, create_engine
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import Session
from sqlalchemy.sql.visitors import iterate

from cellwall.runtime.database.owner import Owner
from cellwall.runtime.database.session import RequestSession
from cellwall.runtime.database.store import Store, listen
from cellwall.runtime.database.stores import MAX_CONNECTIONS, MAX_STORES, Stores
from cellwall.runtime.database.upgrade import upgrade_file
from cellwall.runtime.errors import SystemContextError

PATTERN: Final = "*.sqlite3"


@final
class EmbeddedStorage:
    """The files of all owners in one folder; without one, in a temporary folder that ends with it.

    Args:
        directory: where the files are; made if need be, for this operating system's user alone.
        metadata: the application's tables, such as `Base.metadata`. Without it a new file gets the tables of
            the first statement's model, which a text does not tell.
        max_stores: users whose files stay open between requests; others are opened again.
        max_connections: connections to all files together; each takes three file handles and a thread,
            and a request beyond it waits for its turn.

    Example:
        manager = RequestScopedSessionManager(storage=EmbeddedStorage(Path("/var/lib/app/users")))
    """

    def __init__(
        self,
        directory: Path | None = None,
        *,
        metadata: MetaData | None = None,
        max_stores: int = MAX_STORES,
        max_connections: int = MAX_CONNECTIONS,
    ) -> None:
        temporary = directory is None
        self._directory: Final = Path(mkdtemp(prefix="cellwall-")) if directory is None else directory
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._stores: Final = Stores(
            self._directory,
            _dialect(),
            limit=max_stores,
            connections=max_connections,
            metadata=metadata,
        )
        weakref.finalize(self, _end, self._stores, self._directory if temporary else None)

    async def open(self, owner: Owner, request_id: str) -> RequestSession:
        """Make a session over the owner's own file; an anonymous owner's file goes when it closes.

        Raises:
            SystemContextError: the owner is the system; no file holds the rows of all users.
        """
        if owner.system:
            raise SystemContextError(
                "embedded storage has no database of all users: give work without a user another storage, or "
                "change every user's file by `await storage.upgrade(change)`"
            )
        store, ended = self._stores.use(owner)
        session = RequestSession(store.engine, owner, request_id, sync_session=_EmbeddedSession)
        if owner.anonymous:
            stores = self._stores
            session.on_end(lambda: stores.discard(owner))
        session.on_end(ended)
        return session

    async def close(self) -> None:
        """Close every file; sessions that are open are of no use afterwards."""
        await asyncio.to_thread(self._stores.stop, wait=True)

    def of(self, owner: Owner) -> Store:
        """Give the store of `owner`."""
        return self._stores.of(owner)

    def discard(self, owner: Owner) -> None:
        """Delete everything of `owner`, such as when a user leaves."""
        self._stores.discard(owner)

    async def upgrade(self, change: Callable[[Connection], object]) -> int:
        """Run `change` on every user's file, each in a transaction of its own, and give their number.

        For a new column, before requests are served: files that `change` has seen are changed, also when
        it fails in a later one, so let it ask first whether it has still to be done.

        Raises:
            StoreUnavailableError: a file cannot be opened or written.

        Example:
            def add_color(connection: Connection) -> None:
                columns = {column["name"] for column in inspect(connection).get_columns("items")}
                if "color" not in columns:
                    connection.execute(text("ALTER TABLE items ADD COLUMN color TEXT"))

            await storage.upgrade(add_color)
        """
        await self.close()
        paths = sorted(self._directory.glob(PATTERN))
        for path in paths:
            await asyncio.to_thread(upgrade_file, path, change)
        return len(paths)


def _dialect() -> Dialect:
    """Give the dialect of all stores, which has asked SQLite what it can do, over no thread and no loop."""
    dialect = create_async_engine("sqlite+aiosqlite://").dialect
    asked = create_engine("sqlite://")
    with asked.connect() as connection:
        dialect.initialize(connection)
    asked.dispose()
    listen(dialect)
    return dialect


def _end(stores: Stores, temporary: Path | None) -> None:
    stores.stop()
    if temporary is not None:
        rmtree(temporary, ignore_errors=True)


@final
class _EmbeddedSession(Session):
    """Makes a new owner's file with the tables that its first statement is about."""

    def get_bind(self, mapper: Any = None, *, clause: Any = None, **options: Any) -> Engine | Connection:
        """Give the owner's engine."""
        bind = super().get_bind(mapper, clause=clause, **options)
        store: Any = getattr(getattr(bind, "pool", None), "store", None)
        if store is not None and store.is_new:
            store.prepare(_metadata(mapper, clause))
        return bind


def _metadata(mapper: Any, clause: Any) -> MetaData | None:
    selectable = getattr(mapper, "persist_selectable", None)
    for part in (selectable, clause):
        if isinstance(part, ClauseElement):
            for element in iterate(part):
                if isinstance(element, Table):
                    return element.metadata
    return None
