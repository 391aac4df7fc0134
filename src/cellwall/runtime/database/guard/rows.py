"""The rows that a statement would write, looked at before it runs: no other owner's name, no foreign row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, final

from sqlalchemy import BindParameter, Column, Connection, Table
from sqlalchemy.sql.dml import DMLState

from cellwall.runtime.database.guard.binding import Binding
from cellwall.runtime.database.guard.references import References
from cellwall.runtime.database.guard.tables import GuardedTables, target_of
from cellwall.runtime.errors import ForeignRowError, UnguardedStatementError

Row = Mapping[str, Any]


@final
class WrittenRows:
    """Checks what INSERT and UPDATE are given; the compiler stamps the owner whatever was given."""

    def __init__(self, tables: GuardedTables) -> None:
        self._tables = tables
        self.references: Final = References(tables)

    def check(
        self, connection: Connection, binding: Binding, statement: Any, parameters: Sequence[Row]
    ) -> None:
        """Refuse rows of another owner, and rows that point to one.

        Raises:
            ForeignRowError: a row names another owner, or points to what is not this owner's.
            UnguardedStatementError: the table is shared or unknown, or an expression says whose a row is.
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
        plain = column.table
        simple = not statement._values and not statement._multi_values and _conflict(statement) is None
        rows = parameters if simple else list(_rows(statement, plain, parameters))
        for row in rows:
            given = row.get(column.key)
            if given is not None and given is not binding.value:
                _check_owner(plain, column, given, binding.value)
        self.references.check(connection, binding, plain, rows)


def _check_owner(table: Any, column: Column[Any], given: Any, value: Any) -> None:
    if hasattr(given, "_compiler_dispatch") or hasattr(given, "__clause_element__"):
        raise UnguardedStatementError(f"{table.fullname}.{column.name} is set by the session: leave it out")
    if given != value:
        raise ForeignRowError(
            f"a row of {table.fullname} would belong to another owner: leave {column.name} out"
        )


def _rows(statement: Any, table: Any, parameters: Sequence[Row]) -> Iterator[Row]:
    """Give the written values of each row by column key."""
    if statement.is_insert and statement._multi_values:
        for rows in statement._multi_values:
            for row in rows:
                yield _by_key(_pairs(row, table), statement, parameters[0])
    elif statement._values:
        for row in parameters:
            yield {**row, **_by_key(_resolved(statement), statement, row)}
    else:
        yield from parameters
    conflict = _conflict(statement)
    if conflict is not None:
        pairs = dict(conflict.update_values_to_set).items()
        yield {key: value for key, value in _by_key(pairs, statement, {}).items() if not _is_excluded(value)}


def _conflict(statement: Any) -> Any:
    conflict = getattr(statement, "_post_values_clause", None)
    return conflict if hasattr(conflict, "update_values_to_set") else None


def _pairs(row: Any, table: Table) -> Iterable[tuple[Any, Any]]:
    return row.items() if isinstance(row, Mapping) else zip(table.c.keys(), row, strict=False)


def _resolved(statement: Any) -> Iterable[tuple[Any, Any]]:
    """Give what an UPDATE of a mapped class sets; SQLAlchemy takes hybrids and synonyms apart."""
    mapper = _mapper(statement)
    if mapper is not None and statement.is_update:
        state = DMLState.get_plugin_class(statement)
        resolve = getattr(state, "_get_resolved_values", None)
        if resolve is not None:
            return list(dict(resolve(mapper, statement)).items())
    pairs: Iterable[tuple[Any, Any]] = statement._values.items()
    return pairs


def _by_key(pairs: Iterable[tuple[Any, Any]], statement: Any, parameters: Row) -> dict[str, Any]:
    mapper = _mapper(statement)
    named: dict[str, Any] = {}
    for key, value in pairs:
        if not isinstance(key, str):
            name = key.key
        elif mapper is not None and key in mapper.columns:
            name = mapper.columns[key].key
        else:
            name = key
        named[name] = _literal(value, parameters)
    return named


def _mapper(statement: Any) -> Any:
    return getattr(statement._propagate_attrs.get("plugin_subject"), "mapper", None)


def _literal(value: Any, parameters: Row) -> Any:
    if isinstance(value, BindParameter):
        return parameters.get(value.key, value.effective_value)
    return value


def _is_excluded(value: Any) -> bool:
    return getattr(getattr(value, "table", None), "name", None) == "excluded"
