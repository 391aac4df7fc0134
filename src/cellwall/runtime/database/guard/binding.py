"""Whose a connection is: said once, when the engine that makes it is made, and by nothing that a statement carries."""

from __future__ import annotations

import weakref
from typing import Any, Final, final

from sqlalchemy import Column, Connection, Engine, Table
from sqlalchemy.orm import Session

from cellwall.runtime.database.guard.tables import GuardedTables
from cellwall.runtime.database.owner import Owner

Key = tuple[Any, ...]


@final
class Binding:
    """One session's owner, and the rows that the session's transaction has seen to be the owner's."""

    __slots__ = ("_inserts", "_moment", "_own", "_session", "owner", "parameters", "tables", "value", "wrote")

    def __init__(self, owner: Owner, tables: GuardedTables) -> None:
        self.owner: Final = owner
        self.tables: Final = tables
        self.value: Final = tables.ownership.value_of(owner)
        self.parameters: Final = dict.fromkeys(tables.keys, self.value)
        self.wrote = False
        self._own: set[tuple[Table, Key]] = set()
        self._inserts: list[tuple[Table, Any]] = []  # executions whose new keys nobody asked for yet
        self._moment: tuple[Any, ...] = ()
        self._session: weakref.ref[Session] | None = None

    def serve(self, session: Session) -> None:
        """Let the objects that `session` has read count as known."""
        self._session = weakref.ref(session)

    def remember(self, table: Table, key: Key) -> None:
        """Know a row as the owner's while the transaction or savepoint lasts."""
        self._still_now()
        self._own.add((table, key))

    def remember_insert(self, table: Table, execution: Any) -> None:
        """Know the rows that an execution made, while the transaction or savepoint lasts."""
        self._still_now()
        self._inserts.append((table, execution))

    def knows(self, table: Table, columns: tuple[Column[Any], ...], key: Key) -> bool:
        """Tell whether a row is the owner's because this session has read or written it."""
        self._still_now()
        for inserted, execution in self._inserts:
            self._own.update((inserted, tuple(new)) for new in execution.inserted_primary_key_rows)
        self._inserts.clear()
        if (table, key) in self._own:
            return tuple(table.primary_key) == columns
        session: Any = None if self._session is None else self._session()
        identity = None if session is None else self.tables.identity(table, columns, key)
        return identity is not None and identity in session.identity_map and identity not in session.untrusted

    def _still_now(self) -> None:
        """Forget what another transaction or savepoint saw."""
        session = None if self._session is None else self._session()
        if session is None:
            return
        now = (session.get_transaction(), session.get_nested_transaction())
        if now != tuple(each() if each is not None else None for each in self._moment):
            self._own.clear()
            self._inserts.clear()
            self._moment = tuple(None if each is None else weakref.ref(each) for each in now)


@final
class BoundEngine(Engine):
    """The application's engine for one session: all connections that it makes belong to the session's owner."""

    cellwall_binding: Binding

    @classmethod
    def over(cls, engine: Engine, binding: Binding) -> BoundEngine:
        """Make one that shares everything with `engine`; cheap, since every request does it."""
        bound = object.__new__(cls)
        bound.__dict__.update(engine.__dict__)
        bound.__dict__["cellwall_binding"] = binding
        return bound


def binding_of(connection: Connection) -> Binding | None:
    """Tell whose a connection is; None when no session made it."""
    return connection.engine.__dict__.get("cellwall_binding")
