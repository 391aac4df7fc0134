"""Whose a connection is: said once, when its engine is made, and by nothing that a statement carries."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import Any, Final, final

from sqlalchemy import Column, Connection, Engine, NestedTransaction, Table, Transaction, exc
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import Session
from sqlalchemy.pool import PoolProxiedConnection

from cellwall.runtime.database.guard.tables import GuardedTables
from cellwall.runtime.database.owner import Owner
from cellwall.runtime.database.unavailable import outages_told

Key = tuple[Any, ...]
Moment = tuple[Transaction | None, NestedTransaction | None]  # what has to last for a row to stay known


@final
class Binding:
    """One session's owner, and the rows that the session's transaction has seen to be the owner's."""

    __slots__ = ("_inserts", "_own", "owner", "parameters", "session", "tables", "value", "wrote")

    def __init__(self, owner: Owner, tables: GuardedTables) -> None:
        self.owner: Final = owner
        self.tables: Final = tables
        self.value: Final = tables.ownership.value_of(owner)
        self.parameters: Final = dict.fromkeys(tables.keys, self.value)
        self.wrote: bool = False
        self.session: weakref.ref[Session] | None = None  # whose objects that were read count as known

    def _known(self) -> dict[Moment, set[tuple[Table, Key]]]:
        """What was seen to be the owner's, by what has to last; made on first use."""
        if not hasattr(self, "_own"):
            self._own: dict[Moment, set[tuple[Table, Key]]] = {}
            self._inserts: list[tuple[Moment, Table, Any]] = []  # whose new keys nobody asked for yet
        return self._own

    def remember(self, connection: Connection, table: Table, keys: Iterable[Key]) -> None:
        """Know rows as the owner's while the transaction or savepoint lasts."""
        own = self._known().setdefault(_moment(connection), set())
        own.update((table, key) for key in keys)

    def remember_insert(self, connection: Connection, table: Table, execution: Any) -> None:
        """Know the rows that an execution made, while the transaction or savepoint lasts."""
        self._known()
        self._inserts.append((_moment(connection), table, execution))

    def knows(self, table: Table, columns: tuple[Column[Any], ...], key: Key) -> bool:
        """Tell whether a row is the owner's because this session has read or written it."""
        known = self._known()
        for moment, inserted, execution in self._inserts:
            own = known.setdefault(moment, set())
            own.update((inserted, tuple(new)) for new in execution.inserted_primary_key_rows)
        self._inserts.clear()
        if tuple(table.primary_key) == columns and any(
            (table, key) in own for moment, own in known.items() if _lasts(moment)
        ):
            return True
        session: Any = None if self.session is None else self.session()
        identity = None if session is None else self.tables.identity(table, columns, key)
        return (
            identity is not None
            and session.trusts
            and identity in session.identity_map
            and identity not in session.untrusted
        )


def _moment(connection: Connection) -> Moment:
    return connection.get_transaction(), connection.get_nested_transaction()


def _lasts(moment: Moment) -> bool:
    return all(transaction is None or transaction.is_active for transaction in moment)


# Where an engine says, to those that are bound over it, what to do with a connection taken from the pool. An
# event would do, but SQLAlchemy's events on an engine make every statement on it slower.
PREPARE: Final = "cellwall_prepare"


@final
class BoundEngine(Engine):
    """The application's engine for one session: all connections that it makes are the owner's."""

    cellwall_binding: Binding

    @classmethod
    def over(cls, engine: Engine, binding: Binding) -> BoundEngine:
        """Make one that shares everything with `engine`; cheap, since every request does it."""
        bound = object.__new__(cls)
        bound.__dict__ = {**engine.__dict__, "cellwall_binding": binding}
        return bound

    def raw_connection(self) -> PoolProxiedConnection:
        """Take a connection from the pool, or say that there is none to be had."""
        try:
            connection = super().raw_connection()
        except (exc.TimeoutError, OSError):
            with outages_told():
                raise
        prepare = self.__dict__.get(PREPARE)
        if prepare is not None:
            prepare(connection, self.cellwall_binding)
        return connection


@final
class BoundAsyncEngine(AsyncEngine):
    """A session's engine as an asyncio one; SQLAlchemy's own notes each in a register of all of them."""

    sync_engine: BoundEngine

    def __init__(self, engine: BoundEngine) -> None:
        self.sync_engine = engine


def binding_of(connection: Connection) -> Binding | None:
    """Tell whose a connection is; None when no session made it."""
    return connection.engine.__dict__.get("cellwall_binding")
