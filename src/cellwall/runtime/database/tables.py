"""Tables made where they are first used: a new owner's file holds none."""

from collections.abc import Iterable
from typing import Any, final
from weakref import WeakSet

from sqlalchemy import Table, event
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, UOWTransaction, object_mapper


@final
class MissingTables:
    """Makes the tables of each metadata that a session uses, in the session's own transaction.

    One object per store; it remembers what was committed, so that a warm store is not asked again.
    """

    def __init__(self) -> None:
        self._committed: WeakSet[Table] = WeakSet()

    def watch(self, session: Session) -> None:
        """Make missing tables before `session` reads or writes them."""
        made: set[Table] = set()

        def before_execute(state: ORMExecuteState) -> None:
            self._make(session, state.all_mappers, made)

        def before_flush(session: Session, context: UOWTransaction, instances: object) -> None:
            self._make(session, {object_mapper(item) for item in session.new}, made)

        def after_commit(session: Session) -> None:
            self._committed.update(made)
            made.clear()

        def after_rollback(session: Session) -> None:
            made.clear()

        event.listen(session, "do_orm_execute", before_execute)
        event.listen(session, "before_flush", before_flush)
        event.listen(session, "after_commit", after_commit)
        event.listen(session, "after_rollback", after_rollback)

    def _make(self, session: Session, mappers: Iterable[Mapper[Any]], made: set[Table]) -> None:
        tables_used = {table for mapper in mappers for table in mapper.tables if isinstance(table, Table)}
        for metadata in {table.metadata for table in tables_used}:
            tables = set(metadata.tables.values())
            if not tables <= self._committed | made:
                metadata.create_all(session.connection(), checkfirst=True)
                made.update(tables)
