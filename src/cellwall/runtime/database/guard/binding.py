"""Whose a connection is: said once, when the engine that makes it is made, and by nothing that a statement carries."""

from __future__ import annotations

import weakref
from typing import Any, Final, final

from sqlalchemy import Column, Connection, Engine, Table
from sqlalchemy.engine.base import OptionEngine
from sqlalchemy.orm import Session

from cellwall.runtime.database.guard.tables import GuardedTables
from cellwall.runtime.database.owner import Owner


@final
class Binding:
    """One session's owner, as the guard's listeners need it."""

    __slots__ = ("_session", "inserts", "own", "owner", "parameters", "tables", "value", "wrote")

    def __init__(self, owner: Owner, tables: GuardedTables) -> None:
        self.owner: Final = owner
        self.tables: Final = tables
        self.value: Final = tables.ownership.value_of(owner)
        self.parameters: Final = dict.fromkeys(tables.keys, self.value)
        self.wrote = False
        self.own: set[tuple[Table, tuple[Any, ...]]] = set()  # keys that this transaction has seen to be the owner's
        self.inserts: list[tuple[Table, Any]] = []  # executions of this transaction whose new keys nobody asked for yet
        self._session: weakref.ref[Session] | None = None

    def serve(self, session: Session) -> None:
        """Let the objects that `session` has read count as known."""
        self._session = weakref.ref(session)

    def forget_keys(self) -> None:
        """Know no more what a transaction saw, which ends or is taken back in part."""
        self.own.clear()
        self.inserts.clear()

    def knows(self, table: Table, columns: tuple[Column[Any], ...], key: tuple[Any, ...]) -> bool:
        """Tell whether a row is the owner's because this session has read or written it."""
        for inserted, execution in self.inserts:
            self.own.update((inserted, tuple(new)) for new in execution.inserted_primary_key_rows)
        self.inserts.clear()
        if (table, key) in self.own:
            return True
        session = None if self._session is None else self._session()
        identity = None if session is None else self.tables.identity(table, columns, key)
        return identity is not None and identity in session.identity_map and identity not in session.untrusted


@final
class BoundEngine(OptionEngine):
    """The application's engine for one session: all connections that it makes belong to the session's owner."""

    cellwall_binding: Binding

    @classmethod
    def over(cls, template: OptionEngine, binding: Binding) -> BoundEngine:
        """Make one from an engine prepared before; cheap, since every request does it."""
        bound = object.__new__(cls)
        bound.__dict__.update(template.__dict__)
        bound.__dict__["cellwall_binding"] = binding
        return bound


def binding_of(connection: Connection) -> Binding | None:
    """Tell whose a connection is; None when no session made it."""
    engine: Engine = connection.engine
    return engine.__dict__.get("cellwall_binding")
