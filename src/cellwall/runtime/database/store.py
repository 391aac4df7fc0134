"""One owner's file, and the engine that stays open on it from one request to the next."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final, final
from weakref import WeakSet

from sqlalchemy import URL, Connection, Engine, MetaData, event, exc
from sqlalchemy.engine import Dialect, ExceptionContext
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry, PoolProxiedConnection
from sqlalchemy.util import await_only
from sqlalchemy.util.queue import Empty as QueueEmpty

from cellwall.runtime.database.driver_connection import open_driver
from cellwall.runtime.database.open_files import OpenFiles
from cellwall.runtime.database.store_failures import unavailable
from cellwall.runtime.database.tables import KnownTables, make_missing, metadata_of
from cellwall.runtime.database.template import Templates, create_file
from cellwall.runtime.database.walled_connection import BUSY_SECONDS, connect_arguments
from cellwall.runtime.database.without_loop import without_loop
from cellwall.runtime.errors import StoreUnavailableError

SESSIONS_AT_ONCE: Final = 8
JOURNAL: Final = "-wal"
_NEEDS_NO_BEGIN: Final = frozenset(  # reads, and what the driver begins by itself
    {"SELECT", "PRAGMA", "INSERT", "UPDATE", "DELETE", "REPLAC", "BEGIN "}
)


@final
class Store:
    """One owner's file with the engine that opens it.

    Args:
        path: of the file; it need not be there.
        dialect: shared by all stores, so that a statement is compiled once and not once a user.
        options: of every engine; they carry the shared cache.
        templates: what a new file holds.
        free_connection: called where all connections are taken, to close one that rests.
    """

    def __init__(
        self,
        path: Path,
        dialect: Dialect,
        options: dict[str, Any],
        *,
        templates: Templates,
        files: OpenFiles,
        free_connection: Callable[[], object],
    ) -> None:
        self.path: Final = path
        self.sessions = 0
        self.opening: int = 0  # connections that are being opened, or wait for it
        self.replaced = False  # a session that lasts longer closes it at its end
        self.lost: bool = False
        self._name = str(path)
        self._dialect = dialect
        self._templates = templates
        self._files = files
        self._free_connection = free_connection
        self._tables = KnownTables()
        self._identity: tuple[int, int] | None = None
        self._connections: WeakSet[Any] = WeakSet()
        url = URL.create("sqlite+aiosqlite", database=self._name)
        self._pool = _StorePool(self)
        engine = Engine(self._pool, dialect, url, query_cache_size=0, execution_options=options)
        self.engine: Final = AsyncEngine(engine)

    @property
    def is_new(self) -> bool:
        """Whether nothing has been opened here, so that the file may still have to be made."""
        return self._identity is None

    def close_resting(self) -> bool:
        """Close a connection that no transaction uses, if any; a session that goes on opens another."""
        return self._pool.close_resting()

    def check_lost(self) -> bool:
        """Look whether the file that was opened is there no more; `lost` remembers the answer."""
        self.lost = self._identity is not None and self._identity != _identity(self._name)
        return self.lost

    def prepare(self, metadata: MetaData | None) -> None:
        """Make the file if there is none, with the tables of `metadata` in it.

        Raises:
            StoreUnavailableError: the folder is full, gone or cannot be written.
        """
        metadata = self._templates.usual if metadata is None else metadata
        journal = os.path.lexists(self._name + JOURNAL)  # looked for first: a file is older than its journal
        if _identity(self._name) is None:
            if journal:
                raise StoreUnavailableError(
                    f"this user's file is gone and its journal ({JOURNAL}) is left with rows in it: bring "
                    "the file back, or delete the journal too"
                )
            try:
                create_file(self.path, self._templates.of(metadata))
            except (OSError, sqlite3.Error) as error:
                raise unavailable(error) or error from error
            if metadata is not None:
                self._tables.learn(metadata)
        self._identity = _identity(self._name)
        if self._identity is None:
            raise StoreUnavailableError("this user's file cannot be made: something else has its name")

    def require(self, connection: Connection, metadata: MetaData) -> None:
        """Make sure that the tables of `metadata` are there.

        Raises:
            StoreOutdatedError: the file was made by older models.
        """
        if not self._tables.holds(metadata) and make_missing(connection, metadata):
            self._tables.learn(metadata)

    def connect(self) -> DBAPIConnection:
        """Open one more connection, for the pool.

        Raises:
            StoreUnavailableError: the file cannot be opened, or too many are.
        """
        self.opening += 1
        try:
            return self._connect()
        finally:
            self.opening -= 1

    def _connect(self) -> DBAPIConnection:
        if not self._files.try_take():
            self._free_connection()
            await_only(self._files.take())
        held = [self._files]

        def give_back() -> None:
            while held:
                held.pop().give_back()

        try:
            if self.is_new:
                self.prepare(None)
            address = f"{self.path.absolute().as_uri()}?mode=rw"
            connection = self._dialect.connect(
                address, async_creator_fn=open_driver, **connect_arguments(give_back)
            )
        except BaseException as error:
            give_back()
            told = unavailable(error)
            if told is not None:
                raise told from error
            raise
        self._connections.add(self._dialect.get_driver_connection(connection))
        return connection

    def stop(self, *, wait: bool = False) -> None:
        """Close every connection, from any thread and without an event loop; the store is of no use then.

        With `wait` the files are closed when it returns, which takes as long as a statement that runs.
        """
        stopping = list(self._connections)
        self._connections.clear()
        if not stopping:
            return
        without_loop(lambda: [connection.stop() for connection in stopping])
        end = monotonic() + BUSY_SECONDS
        while wait and any(map(_is_open, stopping)) and monotonic() < end:
            sleep(0.0005)

    def remove(self, *, wait: bool) -> None:
        """Close and delete the file, and what SQLite keeps beside it.

        Without `wait` nobody may come after this owner: SQLite deletes the journal, by its name, when it
        closes, and would delete the successor's.
        """
        self.stop(wait=wait)
        for suffix in ("", JOURNAL, "-shm"):
            Path(f"{self.path}{suffix}").unlink(missing_ok=True)


def _is_open(connection: Any) -> bool:
    """Ask the driver's connection, whose thread has its own pace, whether it still holds the file."""
    try:
        connection.in_transaction  # noqa: B018  # there is no other public word for it
    except ValueError:  # "no active connection"
        return False
    except sqlite3.ProgrammingError:  # closed, and about to say so
        return True
    return True


def _identity(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)  # noqa: PTH116  # a third of the time of Path.stat, once a transaction
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


@final
class _StorePool(AsyncAdaptedQueuePool):
    """Keeps one connection of a store open, and a few more while they are in use."""

    def __init__(self, store: Store) -> None:
        super().__init__(
            store.connect,
            pool_size=1,
            max_overflow=SESSIONS_AT_ONCE - 1,
            timeout=BUSY_SECONDS,
            dialect=store._dialect,
        )
        self.store = store
        self._asking = 0

    def connect(self) -> PoolProxiedConnection:
        """Give a connection, or say whose fault it is that there is none."""
        if self.store.check_lost():
            raise StoreUnavailableError(
                "this user's file was taken away while it was in use; what this request wrote is lost"
            )
        self._asking += 1
        try:
            return super().connect()
        except exc.TimeoutError as error:
            raise StoreUnavailableError(
                f"this user has {SESSIONS_AT_ONCE} sessions at work already; close some, or try again"
            ) from error
        finally:
            self._asking -= 1

    def close_resting(self) -> bool:
        """Close a connection that is not handed out, if there is one, without waiting for its thread.

        Whoever calls wants its place: a wait here, before the queue for places, could miss another that
        comes free.
        """
        try:
            record: Any = self._pool.get(block=False)
        except QueueEmpty:
            return False
        self._dec_overflow()
        driver = record.driver_connection
        if driver is None:
            return False
        record.dbapi_connection = None
        without_loop(driver.stop)
        return True

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        """Keep the connection, unless somebody waits to open one, such as this owner's next session.

        A record whose connection a cancelled statement took along is kept only for who waits for it.
        """
        waits_for_this = self._asking > self.store.opening
        is_of_use = record.dbapi_connection is not None and not self.store._files.wanted
        if (waits_for_this or is_of_use) and not self._pool.full():
            super()._do_return_conn(record)
        else:
            self._close_one(record)

    def _close_one(self, record: ConnectionPoolEntry) -> None:
        self._dec_overflow()  # first: this owner's next session would wait, and nobody would wake it
        record.close()


def listen(dialect: Dialect) -> None:
    """Let every execution by `dialect` go through here; an engine's own events would cost far more."""
    event.listen(dialect, "do_execute", _before_statement)
    event.listen(dialect, "do_executemany", _before_statement)
    event.listen(dialect, "do_execute_no_params", _before_plain_statement)
    event.listen(dialect, "handle_error", _on_error)


def _before_statement(cursor: Any, statement: str, _parameters: Any, context: Any) -> None:
    """Begin a transaction where the driver would not; make tables that a statement is the first to use."""
    connection: Connection = context.root_connection
    if context.compiled is not None and not context.isddl:
        for metadata in metadata_of(context.compiled):
            connection.engine.pool.store.require(connection, metadata)  # type: ignore[attr-defined]  # a _StorePool
    if statement[:6] not in _NEEDS_NO_BEGIN and not connection.connection.driver_connection.in_transaction:  # type: ignore[union-attr]
        cursor.execute("BEGIN IMMEDIATE")


def _before_plain_statement(cursor: Any, statement: str, context: Any) -> None:
    _before_statement(cursor, statement, None, context)


def _on_error(context: ExceptionContext) -> BaseException | None:
    return unavailable(context.original_exception)  # what is returned is raised
