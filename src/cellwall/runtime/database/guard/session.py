"""The synchronous half of a guarded session: one engine for life, one owner on its objects, clear errors."""

from __future__ import annotations

from collections.abc import Set
from functools import lru_cache
from typing import Any, Final, NoReturn, final
from weakref import ref

from sqlalchemy import Connection, Engine, Table, event
from sqlalchemy.orm import Mapper, Session
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.util import EMPTY_DICT

from cellwall.runtime.database.guard.binding import Binding, BoundEngine
from cellwall.runtime.errors import ForeignRowError, UnguardedStatementError


@final
class ForeignOrStaleRowError(ForeignRowError, StaleDataError):
    """No row of the owner's was there to change: it is another owner's, or went or changed meanwhile."""


NOTHING: Final[Set[Any]] = frozenset()


class GuardedSession(Session):
    """A session of one owner. Its engine is the one it was made with, whatever a call or attribute says."""

    # Python 3.11 reads a slot at once. What stands in the dict of a session, which has its listeners there,
    # it looks up each time, in the class first: some thirty times a request for what is named here.
    __slots__ = (
        "_close_state", "_deleted", "_flushing", "_home", "_nested_transaction", "_new", "_transaction",
        "autobegin", "autoflush", "expire_on_commit", "hash_key", "identity_map", "twophase", "untrusted",
    )  # fmt: skip

    _home: BoundEngine
    untrusted: Set[Any]  # of the objects here, those that the transaction that lasts did not read

    def settle(self, home: BoundEngine) -> None:
        """Stay with `home` for life; said once, when the session is made, and cheaper than in `__init__`."""
        self._home = home
        self.untrusted = NOTHING
        home.cellwall_binding.session = ref(self)

    @property
    def binding(self) -> Binding:
        """Whose this session is."""
        return self._home.cellwall_binding

    def get_bind(self, mapper: Any = None, *, bind: Any = None, clause: Any = None, **kw: Any) -> Engine:
        """Give the session's own engine; refuse another one."""
        if bind is not None and bind is not self._home:
            _refuse_engine()
        return self._home

    def connection(self, bind_arguments: Any = None, execution_options: Any = None) -> Connection:
        """Give the connection of the session's transaction; refuse another engine."""
        if bind_arguments and bind_arguments.get("bind") not in (None, self._home):
            _refuse_engine()
        return super().connection(None, execution_options or EMPTY_DICT)

    def close(self) -> None:
        """Give everything back."""
        self._close_impl(invalidate=False)  # as SQLAlchemy's own `close` does, and does nothing else
        self._home.cellwall_binding.end()

    def _flush(self, objects: Any = None) -> None:
        """Write what changed; SQLAlchemy's `flush` calls it when something has.

        Raises:
            ForeignRowError: a row to change is not there, or not this owner's.
        """
        try:
            super()._flush(objects)
        except StaleDataError as error:
            _refuse_stale(error)

    def execute(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = EMPTY_DICT,
        bind_arguments: Any = None,
        _parent_execute_state: Any = None,
        _add_event: Any = None,
    ) -> Any:
        """Execute a statement.

        Raises:
            ForeignRowError: a row to change by its key is not there, or not this owner's.
        """
        try:
            return self._execute_internal(  # as SQLAlchemy's own `execute` does, and does nothing else
                statement,
                params,
                execution_options=execution_options,
                bind_arguments=bind_arguments,
                _parent_execute_state=_parent_execute_state,
                _add_event=_add_event,
            )
        except StaleDataError as error:
            _refuse_stale(error)

    def _bulk_save_mappings(self, *args: Any, **kw: Any) -> None:
        try:
            super()._bulk_save_mappings(*args, **kw)
        except StaleDataError as error:
            _refuse_stale(error)


def _refuse_stale(error: StaleDataError) -> NoReturn:
    if isinstance(error, ForeignOrStaleRowError):
        raise error
    raise ForeignOrStaleRowError(
        "a row to change or delete is not there for this owner: it belongs to another one, or was changed or "
        f"deleted meanwhile ({error})"
    ) from error


def _refuse_engine() -> NoReturn:
    raise UnguardedStatementError("a request's session has one engine for life: open another session instead")


@event.listens_for(GuardedSession, "before_flush")
def _own_objects(session: GuardedSession, context: object, instances: object) -> None:
    """Write the owner onto new objects, refuse those that name another; changed ones are checked as rows."""
    binding = session._home.cellwall_binding
    tables = binding.tables
    for state, item in list(session._new.items()):  # what `session.new` gives, with its states
        attribute = owner_attribute(state.mapper, tables)
        if attribute is not None:
            given = item.__dict__.get(attribute)
            if given is None:
                setattr(item, attribute, binding.value)
            elif given != binding.value:
                _refuse_owner(item)


@event.listens_for(GuardedSession, "detached_to_persistent")
def _own_attached(session: GuardedSession, item: Any) -> None:
    """Refuse an object of another owner; trust no other that comes from elsewhere, since it can be forged."""
    attribute = owner_attribute(_mapper(item), session.binding.tables)
    if attribute is not None and item.__dict__.get(attribute, session.binding.value) != session.binding.value:
        session.expunge(item)
        _refuse_owner(item)
    session.untrusted |= {_mapper(item).identity_key_from_instance(item)}


def _refuse_owner(item: object) -> NoReturn:
    raise ForeignRowError(f"a {type(item).__name__} of another owner cannot be written here: read your own")


def _mapper(item: object) -> Mapper[Any]:
    mapper: Mapper[Any] = instance_state(item).mapper
    return mapper


@lru_cache(maxsize=4096)
def owner_attribute(mapper: Mapper[Any], tables: Any) -> str | None:
    """Give the name of the attribute that holds the owner; None where the class has none."""
    tables.learn(mapper)
    for table in mapper.tables:
        column = tables.owned.get(table) if isinstance(table, Table) else None
        if column is not None:
            for name, mapped in mapper.columns.items():
                if mapped is column:
                    return name
    return None
