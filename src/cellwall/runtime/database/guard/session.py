"""The synchronous half of a guarded session: one engine for life, one owner on its objects, clear errors."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, NoReturn, final
from weakref import ref

from sqlalchemy import Connection, Engine, Table, event
from sqlalchemy.orm import Mapper, Session, SessionTransaction
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.util import EMPTY_DICT

from cellwall.runtime.database.guard.binding import Binding
from cellwall.runtime.errors import ForeignRowError, UnguardedStatementError


@final
class ForeignOrStaleRowError(ForeignRowError, StaleDataError):
    """No row of the owner's was there to change: it is another owner's, or went or changed meanwhile."""


class GuardedSession(Session):
    """A session of one owner. Its engine is the one it was made with, whatever a call or attribute says."""

    def __init__(self, bind: Engine, **kw: Any) -> None:
        super().__init__(bind=bind, **kw)
        self._home: Final = bind
        self.untrusted: Final[set[Any]] = set()
        self.trusts: bool = True  # whether what is not `untrusted` was read in the transaction that lasts
        bind.__dict__["cellwall_binding"].session = ref(self)

    @property
    def binding(self) -> Binding:
        """Whose this session is."""
        binding: Binding = self._home.__dict__["cellwall_binding"]
        return binding

    def get_bind(self, *args: Any, bind: Any = None, **kw: Any) -> Engine:
        """Give the session's own engine; refuse another one."""
        if bind is not None and bind is not self._home:
            _refuse_engine()
        return self._home

    def connection(self, bind_arguments: Any = None, execution_options: Any = None) -> Connection:
        """Give the connection of the session's transaction; refuse another engine."""
        if bind_arguments and bind_arguments.get("bind") not in (None, self._home):
            _refuse_engine()
        return super().connection(None, execution_options or EMPTY_DICT)

    def begin(self, nested: bool = False) -> SessionTransaction:
        """Begin a transaction by hand: who ends it need not call the session, which trusts nothing then."""
        self.trusts = self.trusts and nested
        return super().begin(nested)

    def commit(self) -> None:
        """Commit."""
        try:
            super().commit()
        finally:
            self._trust_no_longer()

    def rollback(self) -> None:
        """Roll back."""
        try:
            super().rollback()
        finally:
            self._trust_no_longer()

    def _trust_no_longer(self) -> None:
        """Know no row from an earlier transaction: it may be gone, and its key another owner's by now."""
        if self.identity_map:
            self.untrusted.clear()
            self.untrusted.update(self.identity_map.keys())

    def _flush(self, objects: Any = None) -> None:
        """Write what changed; SQLAlchemy's `flush` calls it when something has.

        Raises:
            ForeignRowError: a row to change is not there, or not this owner's.
        """
        try:
            super()._flush(objects)
        except StaleDataError as error:
            _refuse_stale(error)

    def execute(self, *args: Any, **kw: Any) -> Any:
        """Execute a statement.

        Raises:
            ForeignRowError: a row to change by its key is not there, or not this owner's.
        """
        try:
            return super().execute(*args, **kw)
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
    binding = session.binding
    tables = binding.tables
    for item in session.new:
        attribute = owner_attribute(_mapper(item), tables)
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
    session.untrusted.add(_mapper(item).identity_key_from_instance(item))


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
