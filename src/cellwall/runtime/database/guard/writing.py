"""What INSERT, UPDATE and DELETE may do: change the owner's rows, and leave every row with the owner."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table

from cellwall.runtime.database.guard import inserts
from cellwall.runtime.database.guard.placing import PlacesTables, restricted
from cellwall.runtime.database.guard.references import References
from cellwall.runtime.database.guard.tables import target_of
from cellwall.runtime.errors import UnguardedStatementError


class WritesRows(PlacesTables):
    """Writes; what they read is placed as in every statement."""

    guarded_references: References
    touches_owned: bool

    def visit_update(self, update_stmt: Any, visiting_cte: Any = None, **kw: Any) -> Any:
        """Change rows of the owner alone, and leave them with their owner."""
        with self._level():
            update_stmt = self._restrict_target(update_stmt)
            state = update_stmt._compile_state_factory(update_stmt, self, **kw)
            keys = inserts.changed_keys(state, self.column_keys)
            inside = visiting_cte is not None or bool(self.stack)
            if inside and self.guarded_references.among(state, keys):
                raise UnguardedStatementError(
                    "UPDATE inside another statement may not change what its rows point to"
                )
            update_stmt = inserts.keep_owner(update_stmt, state, keys, self.guarded_tables)
            return super().visit_update(update_stmt, visiting_cte=visiting_cte, **kw)

    def visit_delete(self, delete_stmt: Any, visiting_cte: Any = None, **kw: Any) -> Any:
        """Delete rows of the owner alone."""
        with self._level():
            delete_stmt = self._restrict_target(delete_stmt)
            return super().visit_delete(delete_stmt, visiting_cte=visiting_cte, **kw)

    def visit_insert(
        self, insert_stmt: Any, visited_bindparam: Any = None, visiting_cte: Any = None, **kw: Any
    ) -> Any:
        """Write the owner into every new row, whatever else was given."""
        table = target_of(insert_stmt)
        column = self.guarded_tables.owner_column(table)
        if column is None or visiting_cte is not None or self.stack:
            raise UnguardedStatementError(
                f"{table.fullname} cannot be written here: shared tables change under system_context() "
                "alone, and INSERT inside another statement is not checked, so execute it by itself"
            )
        self.touches_owned = True
        self._written[table.name.lower()] += 1
        stamped = inserts.stamped(insert_stmt, column, self.guarded_tables, self.guarded_references)
        return super().visit_insert(
            stamped, visited_bindparam=visited_bindparam, visiting_cte=visiting_cte, **kw
        )

    def visit_on_conflict_do_update(self, on_conflict: Any, **kw: Any) -> Any:
        """Update the conflicting row only when it is the owner's."""
        table = self.stack[-1]["selectable"].table
        guarded = inserts.own_conflicts(on_conflict, table, self.guarded_tables)
        return super().visit_on_conflict_do_update(guarded, **kw)

    def visit_on_duplicate_key_update(self, on_duplicate: Any, **kw: Any) -> Any:
        """Refuse: it would change a row of whomever it belongs to."""
        raise UnguardedStatementError("ON DUPLICATE KEY UPDATE has no WHERE: update first, then insert")

    def _restrict_target(self, statement: Any) -> Any:
        table = target_of(statement)
        criterion = self.guarded_tables.criterion(table) if isinstance(table, Table) else None
        if criterion is None:
            raise UnguardedStatementError(
                f"{table} cannot be written by a request: shared tables belong to nobody and change under "
                "system_context() alone; of owned tables, name the table itself"
            )
        self.touches_owned = True
        self._places[-1][table] += 1
        return restricted(statement, [criterion])
