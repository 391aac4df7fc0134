"""Tables made where they are first used: a new owner's file holds none."""

from collections.abc import Iterable
from typing import final
from weakref import WeakSet

from sqlalchemy import ClauseElement, Table, event
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, object_mapper
from sqlalchemy.sql.visitors import iterate


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
            statement = state.statement if isinstance(state.statement, ClauseElement) else None
            self._make(session, (part for part in iterate(statement) if isinstance(part, Table)), made)

        def before_flush(session: Session, context: UOWTransaction, instances: object) -> None:
            mapped = {table for item in session.new for table in object_mapper(item).tables}
            self._make(session, (table for table in mapped if isinstance(table, Table)), made)

        def after_commit(session: Session) -> None:
            self._committed.update(made)
            made.clear()

        def after_rollback(session: Session) -> None:
            made.clear()

        event.listen(session, "do_orm_execute", before_execute)
        event.listen(session, "before_flush", before_flush)
        event.listen(session, "after_commit", after_commit)
        event.listen(session, "after_rollback", after_rollback)

    def _make(self, session: Session, used: Iterable[Table], made: set[Table]) -> None:
        for metadata in {table.metadata for table in used}:
            tables = set(metadata.tables.values())
            if not tables <= self._committed | made:
                metadata.create_all(session.connection(), checkfirst=True)
                made.update(tables)
