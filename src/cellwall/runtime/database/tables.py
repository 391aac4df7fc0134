"""The tables of a file against those of the models: what is missing is made, what is older is refused."""

from collections.abc import Iterable
from typing import Any, Final, final
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, MetaData, Table
from sqlalchemy.sql.visitors import iterate

from cellwall.runtime.errors import StoreOutdatedError

_COLUMNS: Final = (
    "SELECT t.name, c.name FROM sqlite_master AS t JOIN pragma_table_xinfo(t.name) AS c "
    "WHERE t.type = 'table'"
)
_used: Final[WeakKeyDictionary[Any, tuple[MetaData, ...]]] = WeakKeyDictionary()


def metadata_of(compiled: Any) -> tuple[MetaData, ...]:
    """Give the metadata of the tables that a compiled statement names; looked up once for each."""
    known = _used.get(compiled)
    if known is None:
        tables = (part for part in iterate(compiled.statement) if isinstance(part, Table))
        known = _used[compiled] = tuple({table.metadata for table in tables})
    return known


@final
class KnownTables:
    """Which metadata a file is known to hold, so that a warm file is not asked again."""

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[MetaData, int] = WeakKeyDictionary()

    def holds(self, metadata: MetaData) -> bool:
        """Say whether all tables of `metadata` are known to be there; models may have come since."""
        return self._known.get(metadata) == len(metadata.tables)

    def learn(self, metadata: MetaData) -> None:
        """Remember that all tables of `metadata` are there."""
        self._known[metadata] = len(metadata.tables)


def make_missing(connection: Connection, metadata: MetaData) -> bool:
    """Make the tables of `metadata` that the file has not, and say whether that is certain to last.

    Inside a transaction it lasts only when the transaction is committed.

    Raises:
        StoreOutdatedError: a table of the file lacks a column that the models have.
    """
    pooled: Any = connection.connection
    lasting = not pooled.driver_connection.in_transaction
    if not _lacking(connection, metadata):
        return lasting
    connection.exec_driver_sql("BEGIN IMMEDIATE" if lasting else "SELECT 1")  # only one makes them
    metadata.create_all(connection, checkfirst=True)
    if lasting:
        pooled.dbapi_connection.commit()
    return lasting


def _lacking(connection: Connection, metadata: MetaData) -> bool:
    columns: dict[str, set[str]] = {}
    for table, column in connection.exec_driver_sql(_COLUMNS):
        columns.setdefault(table, set()).add(column)
    for table in metadata.tables.values():
        if table.name in columns:
            _require(
                table, [column.name for column in table.columns if column.name not in columns[table.name]]
            )
    return any(table.name not in columns for table in metadata.tables.values())


def _require(table: Table, missing: Iterable[str]) -> None:
    names = ", ".join(missing)
    if names:
        raise StoreOutdatedError(
            f"this user's table {table.name!r} was made before the models got {names}; add it to all files "
            "by `await storage.upgrade(change)`, before requests are served"
        )
