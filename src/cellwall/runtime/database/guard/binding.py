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
_new: Final[Any] = object.__new__
ORDINARY: Final = 8  # attributes that every engine has of its own; options, events and a name come on top
Moment = tuple[Transaction | None, NestedTransaction | None]  # what has to last for a row to stay known


@final
class Binding:
    """One session's owner, and the rows that the session's transaction has seen to be the owner's."""

    __slots__ = ("_inserts", "_own", "nested", "owner", "root", "session", "tables", "value", "wrote")

    def __init__(self, owner: Owner, tables: GuardedTables, value: object) -> None:
        self.owner: Final = owner
        self.tables: Final = tables
        self.value: Final = value  # what stands in the owner's columns
        self.wrote: bool = False
        self.session: weakref.ref[Session] | None = None  # whose objects that were read count as known
        self.root: Transaction | None = None  # since when they do: the transaction of the last statement,
        self.nested: NestedTransaction | None = None  # and its savepoint
        self._own: dict[Moment, set[tuple[Table, Key]]] | None = None
        self._inserts: list[tuple[Moment, Table, Any]] | None = None  # whose new keys nobody asked for yet

    def enter(self, root: Transaction | None, nested: NestedTransaction | None) -> None:
        """Note that another transaction or savepoint lasts than at the last statement.

        Whatever the session has read in the one before may be gone, and its key another owner's by now. This
        holds however the transaction ended: by the session, or by its connection without its knowledge.
        """
        self.root, self.nested = root, nested
        session: Any = None if self.session is None else self.session()
        if session is not None:
            session.untrusted = set(session.identity_map.keys())

    def end(self) -> None:
        """Forget what was known: the session is closed.

        A transaction leads back here by its connection and engine. Left in a circle, what a request used
        waits for the garbage collector, and the next one gets memory that is not in the processor's caches.
        """
        self.root = self.nested = None
        self._own = self._inserts = None

    def _known(self) -> dict[Moment, set[tuple[Table, Key]]]:
        """What was seen to be the owner's, by what has to last; made on first use."""
        if self._own is None:
            self._own = {}
        for moment, table, execution in self._inserts or ():
            own = self._own.setdefault(moment, set())
            own.update((table, tuple(new)) for new in execution.inserted_primary_key_rows)
        self._inserts = None
        return self._own

    def remember(self, connection: Connection, table: Table, keys: Iterable[Key]) -> None:
        """Know rows as the owner's while the transaction or savepoint lasts."""
        own = self._known().setdefault(_moment(connection), set())
        own.update((table, key) for key in keys)

    def remember_insert(self, connection: Connection, table: Table, execution: Any) -> None:
        """Know the rows that an execution made, while the transaction or savepoint lasts."""
        moment = connection._transaction, connection._nested_transaction
        if self._inserts is None:
            self._inserts = []
        self._inserts.append((moment, table, execution))

    def knows(self, table: Table, columns: tuple[Column[Any], ...], key: Key) -> bool:
        """Tell whether a row is the owner's because this session has read or written it."""
        session: Any = None if self.session is None else self.session()
        identity = None if session is None else self.tables.identity(table, columns, key)
        if identity is not None and identity in session.identity_map and identity not in session.untrusted:
            return True
        return tuple(table.primary_key) == columns and any(
            (table, key) in own for moment, own in self._known().items() if _lasts(moment)
        )


def _moment(connection: Connection) -> Moment:
    return connection._transaction, connection._nested_transaction


def _lasts(moment: Moment) -> bool:
    return all(transaction is None or transaction.is_active for transaction in moment)


class BoundConnection(Connection):
    """A connection of a bound engine, made for its owner.

    What is named here, Python 3.11 looks up some fifty times a request where it stands in the dict of a
    connection, which has its listeners there; a slot it reads at once.
    """

    __slots__ = (
        "_allow_autobegin", "_dbapi_connection", "_echo", "_execution_options", "_nested_transaction",
        "_transaction", "dialect", "engine",
    )  # fmt: skip


class BoundEngine(Engine):
    """The application's engine for one session: all connections that it makes are the owner's."""

    _connection_cls = BoundConnection
    cellwall_binding: Binding

    @classmethod
    def over(cls, engine: Engine, binding: Binding) -> BoundEngine:
        """Make one that shares everything with `engine`, of the kind that `shared_by` gives.

        Every request does it. One attribute after the other, which lets Python keep the look-ups on it short.
        """
        bound: BoundEngine = _new(cls)
        bound.pool = engine.pool
        bound.url = engine.url
        bound.dialect = engine.dialect
        bound._echo = engine._echo
        bound.logger = engine.logger
        bound.hide_parameters = engine.hide_parameters
        bound._compiled_cache = engine._compiled_cache
        bound._has_events = engine._has_events
        bound.cellwall_binding = binding
        if len(engine.__dict__) > ORDINARY:
            bound.logging_name = engine.logging_name
            bound._execution_options = engine._execution_options
        return bound

    def raw_connection(self) -> PoolProxiedConnection:
        """Take a connection from the pool, or say that there is none to be had."""
        try:
            return self.pool.connect()
        except (exc.TimeoutError, OSError):
            with outages_told():
                raise


def shared_by(engine: Engine, bound: type[BoundEngine]) -> type[BoundEngine]:
    """Give the kind of bound engine that shares everything with `engine`.

    Its listeners are never replaced, so the class has them. An engine has a dict that follows its class's
    layout; one of its own is what Python 3.11 reads attributes from ten times as fast.
    """
    members = {"dispatch": engine.dispatch, "__module__": __name__}
    engine.__dict__ = dict(engine.__dict__)
    return type(bound.__name__, (bound,), members)


@final
class BoundAsyncEngine(AsyncEngine):
    """A session's engine as an asyncio one; SQLAlchemy's own notes each in a register of all of them."""

    __slots__ = ()
    sync_engine: BoundEngine

    @classmethod
    def over(cls, engine: BoundEngine) -> BoundAsyncEngine:
        """Make one without `__init__`, which Python calls by a longer way."""
        bound: BoundAsyncEngine = _new(cls)
        bound.sync_engine = engine
        return bound


def binding_of(connection: Connection) -> Binding | None:
    """Tell whose a connection is; None when no session made it."""
    return getattr(connection.engine, "cellwall_binding", None)
