"""The rows that a statement would write, looked at before it runs: no other owner's name, no foreign row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, final

from sqlalchemy import BindParameter, Column, Connection, Table
from sqlalchemy.sql.dml import DMLState
from sqlalchemy.sql.visitors import iterate

from cellwall.runtime.database.guard.binding import Binding
from cellwall.runtime.database.guard.references import References
from cellwall.runtime.database.guard.tables import GuardedTables, table_of, target_of
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
        pointing = self.references.of[plain]
        simple = not statement._values and not statement._multi_values and _conflict(statement) is None
        if not simple and pointing:
            names = {name for row in parameters for name in row}
            _check_names(statement, plain, names.difference(plain.c.keys(), self._tables.keys))
        rows = parameters if simple else list(_rows(statement, plain, parameters))
        for row in rows:
            given = row.get(column.key)
            if given is not None and given is not binding.value:
                _check_owner(plain, column, given, binding.value)
        if pointing:
            made = _made(statement, rows, parameters[0]) if statement.is_insert else ()
            self.references.check(connection, binding, plain, rows, made)


def _check_owner(table: Any, column: Column[Any], given: Any, value: Any) -> None:
    if hasattr(given, "_compiler_dispatch") or hasattr(given, "__clause_element__"):
        raise UnguardedStatementError(f"{table.fullname}.{column.name} is set by the session: leave it out")
    if given != value:
        raise ForeignRowError(
            f"a row of {table.fullname} would belong to another owner: leave {column.name} out"
        )


def _check_names(statement: Any, table: Table, names: set[str]) -> None:
    """Refuse a parameter that the statement does not have: SQLAlchemy would take it for one of its own.

    What it calls `param_1` can be a value that was looked at here.
    """
    if not names:
        return
    conflict = _conflict(statement)
    parts = [statement, *(() if conflict is None else dict(conflict.update_values_to_set).values())]
    for whole in parts:
        if hasattr(whole, "get_children"):
            names -= {
                part.key for part in iterate(whole) if isinstance(part, BindParameter) and not part.unique
            }
    if names:
        raise UnguardedStatementError(
            f"{', '.join(sorted(map(str, names)))}: no column of {table.fullname} and no bindparam() of this "
            "statement has this name; leave it out"
        )


def _made(statement: Any, rows: Sequence[Row], first: Row) -> Iterable[Row]:
    """Give the rows that are certainly made, with what is certainly written of their keys."""
    if _conflict_of_any_kind(statement) or statement._prefixes:
        return ()
    if statement._values or statement._multi_values:
        return rows
    return ({name: row[name] for name in first if name in row} for row in rows)


def _conflict_of_any_kind(statement: Any) -> bool:
    return getattr(statement, "_post_values_clause", None) is not None


def _rows(statement: Any, table: Table, parameters: Sequence[Row]) -> Iterator[Row]:
    """Give the written values of each row by column key; where two could be written, the row with each."""
    if statement.is_insert and statement._multi_values:
        for rows in statement._multi_values:
            for row in rows:
                yield _by_key(_pairs(row, table), statement, table, parameters[0])
    elif statement._values:
        for row in parameters:
            said = _by_key(_resolved(statement), statement, table, row)
            yield {**row, **said}
            if not said.keys().isdisjoint(row):
                yield {**said, **row}
    else:
        yield from parameters
    conflict = _conflict(statement)
    if conflict is not None:
        pairs = dict(conflict.update_values_to_set).items()
        for row in parameters:
            said = _by_key(pairs, statement, table, row)
            yield {key: value for key, value in said.items() if not _is_excluded(key, value, table)}


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


def _by_key(
    pairs: Iterable[tuple[Any, Any]], statement: Any, table: Table, parameters: Row
) -> dict[str, Any]:
    mapper = _mapper(statement)
    named: dict[str, Any] = {}
    for key, value in pairs:
        if not isinstance(key, str):
            name = key.key
        elif mapper is not None and key in mapper.columns:
            name = mapper.columns[key].key
        else:
            name = key
        named[name] = _sent(value, table.c.get(name), parameters)
    return named


def _mapper(statement: Any) -> Any:
    return getattr(statement._propagate_attrs.get("plugin_subject"), "mapper", None)


def _sent(value: Any, column: Any, parameters: Row) -> Any:
    """Give what a parameter sends; one that could send something else next time stays an expression."""
    if isinstance(value, BindParameter) and value.callable is None and _sends_as_is(value.type, column):
        return parameters.get(value.key, value.value)
    return value


def _sends_as_is(kind: Any, column: Any) -> bool:
    """Tell whether a type sends what the column's own would, and so what a question for the row sends."""
    if kind._isnull or column is None or kind is column.type:
        return True
    return type(kind).__module__.startswith("sqlalchemy.") and not kind._variant_mapping


def _is_excluded(key: str, value: Any, table: Table) -> bool:
    """Tell whether a conflict takes a column from the row that could not be inserted, which was looked at."""
    source = getattr(value, "table", None)
    return getattr(source, "name", None) == "excluded" and value.key == key and table_of(source) == table
