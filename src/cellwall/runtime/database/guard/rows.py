"""The rows that a statement would write, looked at before it runs: no other owner's name, no foreign row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

from sqlalchemy import BindParameter, Column, Connection, Table
from sqlalchemy.sql.dml import DMLState
from sqlalchemy.sql.visitors import iterate

from cellwall.runtime.database.guard.binding import Binding
from cellwall.runtime.database.guard.references import Reference, References
from cellwall.runtime.database.guard.tables import GuardedTables, table_of, target_of
from cellwall.runtime.errors import ForeignRowError, UnguardedStatementError

Row = Mapping[str, Any]


@final
@dataclass(frozen=True, slots=True, eq=False)
class WriteForm:
    """What of a write is to be looked at; the same for all that one compiled statement is executed for."""

    table: Table
    owner: Column[Any] | None  # the owner's column; None where no new values are written
    pointing: tuple[Reference, ...]  # what the rows point to and may not be foreign
    simple: bool  # all values are those that the statement is given
    certain: bool  # each row is made that an INSERT is given
    among_themselves: bool  # rows may point to those that are made with them
    pointed_to: bool  # rows made are worth remembering


@final
class WrittenRows:
    """Checks what INSERT and UPDATE are given; the compiler stamps the owner whatever was given."""

    def __init__(self, tables: GuardedTables) -> None:
        self._tables = tables
        self._references = References(tables)

    def form(self, statement: Any) -> WriteForm:
        """Give what is to be looked at in each execution of `statement`.

        Raises:
            UnguardedStatementError: the table is shared or unknown.
        """
        table = target_of(statement)
        if statement.is_delete:
            return WriteForm(table, None, (), True, False, False, False)
        column = self._tables.owner_column(table)
        if column is None:
            raise UnguardedStatementError(
                f"{table.fullname} is shared: it changes under system_context() alone, requests read it"
            )
        plain: Any = column.table
        pointing = self._references.of[plain]
        certain = statement.is_insert and not _conflict_of_any_kind(statement) and not statement._prefixes
        return WriteForm(
            table=plain,
            owner=column,
            pointing=pointing,
            simple=not statement._values and not statement._multi_values and _conflict(statement) is None,
            certain=certain,
            among_themselves=certain and any(reference.table is plain for reference in pointing),
            pointed_to=certain and plain in self._references.targets,
        )

    def check(
        self,
        connection: Connection,
        binding: Binding,
        form: WriteForm,
        statement: Any,
        parameters: Sequence[Row],
    ) -> None:
        """Refuse rows of another owner, and rows that point to one.

        Raises:
            ForeignRowError: a row names another owner, or points to what is not this owner's.
            UnguardedStatementError: an expression says whose a row is, or where it points to.
        """
        binding.wrote = True
        column = form.owner
        if column is None:
            return
        rows = parameters
        if not form.simple:
            if form.pointing:
                names = {name for row in parameters for name in row}
                known = form.table.c.keys()
                _check_names(statement, form.table, names.difference(known, self._tables.keys))
            rows = list(_rows(statement, form.table, parameters))
        key, value = column.key, binding.value
        for row in rows:
            given = row.get(key)
            if given is not None and given is not value:
                _check_owner(form.table, column, given, value)
        if form.pointing:
            made = _made(statement, rows, parameters[0]) if form.among_themselves else ()
            self._references.check(connection, binding, form.table, rows, made)


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
    """Give rows that are certainly made, with what is certainly written of their keys."""
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
