"""The guard where statements run: whose connection it is, the owner's value, and what never may run."""

from __future__ import annotations

from typing import Any, Final, final

from sqlalchemy import ClauseElement, Connection, Engine, Sequence, event
from sqlalchemy.orm.context import FromStatement
from sqlalchemy.schema import ExecutableDDLElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ReleaseSavepointClause, RollbackToSavepointClause, SavepointClause

from cellwall.runtime.database.guard.binding import Binding, binding_of
from cellwall.runtime.database.guard.cursors import approve, guard_connection
from cellwall.runtime.database.guard.rows import WrittenRows
from cellwall.runtime.database.guard.safe_statements import is_safe
from cellwall.runtime.database.guard.tables import GuardedTables, target_of
from cellwall.runtime.database.guard.texts import SharedText
from cellwall.runtime.errors import OwnerlessAccessError, UnguardedStatementError

_HARMLESS: Final = (SavepointClause, RollbackToSavepointClause, ReleaseSavepointClause, Sequence)


@final
class GuardedExecutions:
    """Watches every statement of one engine."""

    def __init__(self, tables: GuardedTables, compiler: type[SQLCompiler]) -> None:
        self._tables = tables
        self._compiler = compiler
        self._rows = WrittenRows(tables)

    def watch(self, engine: Engine) -> None:
        """Look at all that runs on `engine` from now on."""
        event.listen(engine, "before_execute", self._before_execute, retval=True)
        event.listen(engine, "before_cursor_execute", self._before_cursor_execute, retval=True)
        event.listen(engine, "after_execute", self._after_execute)
        event.listen(engine, "checkout", lambda adapted, *_rest: guard_connection(adapted))
        for end in ("commit", "rollback", "rollback_savepoint"):
            event.listen(engine, end, self._after_transaction)

    def _after_execute(
        self, connection: Connection, statement: Any, many: Any, one: Any, options: Any, result: Any
    ) -> None:
        """Remember keys of new rows: rows that point to them need no look."""
        if not statement.is_insert or statement._post_values_clause is not None or statement._prefixes:
            return
        table = target_of(statement)
        binding = binding_of(connection)
        if binding is None or table not in self._rows.references.targets or result.context._is_explicit_returning:
            return
        binding.own.update((table, tuple(key)) for key in result.inserted_primary_key_rows)

    def _after_transaction(self, connection: Connection, *_rest: Any) -> None:
        binding = binding_of(connection)
        if binding is not None:
            binding.own.clear()

    def _before_execute(
        self, connection: Connection, statement: Any, many: Any, one: Any, options: Any
    ) -> tuple[Any, Any, Any]:
        binding = binding_of(connection)
        if statement.is_dml:
            written = statement.element if isinstance(statement, FromStatement) else statement
            if binding is None:
                raise _ownerless(f"{type(written).__name__.upper()} on {written.table}")
            self._rows.check(connection, binding, written, many or [one])
        elif not statement.is_select:
            self._check_kind(binding, statement)
        values = dict.fromkeys(self._tables.keys) if binding is None else binding.parameters
        if many:
            return statement, [{**row, **values} for row in many], {}
        return statement, many, {**one, **values}

    def _before_cursor_execute(
        self, connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> tuple[str, Any]:
        compiled = None if context is None else context.compiled
        if compiled is None:
            if not is_safe(statement):
                self._refuse_driver_sql(binding_of(connection))
        elif type(compiled) is not self._compiler:
            raise UnguardedStatementError(
                "a statement compiled elsewhere cannot be restricted: execute it as it is"
            )
        elif compiled.touches_owned and binding_of(connection) is None:
            raise _ownerless("a statement on owned rows")
        approve(cursor, statement)
        return statement, parameters

    def _check_kind(self, binding: Binding | None, statement: Any) -> None:
        """Let through what the compiler will look at, and what reaches no table."""
        if isinstance(statement, _HARMLESS):
            return
        if binding is None:
            if not isinstance(statement, SharedText) and not is_safe(getattr(statement, "text", "")):
                raise _ownerless(type(statement).__name__)
        elif not isinstance(statement, ClauseElement) or isinstance(statement, ExecutableDDLElement):
            raise UnguardedStatementError(
                f"{type(statement).__name__} is not for requests: change the schema, and run what is compiled "
                "already, under system_context()"
            )

    def _refuse_driver_sql(self, binding: Binding | None) -> None:
        if binding is None:
            raise _ownerless("driver SQL")
        raise UnguardedStatementError(
            "driver SQL cannot be restricted to one owner's rows: execute select(), insert(), update() or delete()"
        )


def _ownerless(what: str) -> OwnerlessAccessError:
    return OwnerlessAccessError(
        f"{what} outside any request's session: open one by the session manager, or a session under "
        "system_context(reason) for work without a user"
    )
