"""The rows that a statement would write, looked at before it runs: no other owner's name may stand in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, final

from sqlalchemy import BindParameter, Column, Connection, Table

from cellwall.runtime.database.guard.binding import Binding
from cellwall.runtime.database.guard.tables import GuardedTables, target_of
from cellwall.runtime.errors import ForeignRowError, UnguardedStatementError


@final
class WrittenRows:
    """Checks what INSERT and UPDATE are given; the compiler stamps the owner whatever was given."""

    def __init__(self, tables: GuardedTables) -> None:
        self._tables = tables

    def check(
        self,
        connection: Connection,
        binding: Binding,
        statement: Any,
        parameters: Sequence[Mapping[str, Any]],
    ) -> None:
        """Refuse rows of another owner.

        Raises:
            ForeignRowError: a row names another owner.
            UnguardedStatementError: the table is shared or unknown, or the owner comes from an expression.
        """
        binding.wrote = True
        if statement.is_delete:
            return
        table = target_of(statement)
        column = self._tables.owner_column(table)
        if column is None:
            raise UnguardedStatementError(
                f"{table.fullname} is shared: it changes under system_context() alone, requests read it"
            )
        for row in _rows(statement, table, parameters):
            given = row.get(column.key, binding.value)
            if given is not None and given != binding.value:
                _refuse_owner(table, column, given)


def _rows(
    statement: Any, table: Table, parameters: Sequence[Mapping[str, Any]]
) -> Iterator[Mapping[str, Any]]:
    """Give the written values of each row by column key."""
    values = statement._values
    if statement.is_insert and statement._multi_values:
        for rows in statement._multi_values:
            for row in rows:
                yield _by_key(row, table, parameters[0])
    elif values:
        given = _by_key(values, table, parameters[0])
        for row in parameters:
            yield {**row, **given}
    else:
        yield from parameters


def _by_key(row: Any, table: Table, parameters: Mapping[str, Any]) -> dict[str, Any]:
    pairs: Iterable[tuple[Any, Any]]
    pairs = row.items() if isinstance(row, Mapping) else zip(table.c.keys(), row, strict=False)
    return {key if isinstance(key, str) else key.key: _literal(value, parameters) for key, value in pairs}


def _literal(value: Any, parameters: Mapping[str, Any]) -> Any:
    if isinstance(value, BindParameter):
        return parameters.get(value.key, value.effective_value)
    return value


def _refuse_owner(table: Table, column: Column[Any], given: Any) -> None:
    if hasattr(given, "__clause_element__") or hasattr(given, "_compiler_dispatch"):
        raise UnguardedStatementError(f"{table.fullname}.{column.name} is set by the session: leave it out")
    raise ForeignRowError(
        f"a row of {table.fullname} would belong to another owner: leave {column.name} out, the session sets it"
    )
