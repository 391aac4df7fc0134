"""The owner in what a statement writes: stamped into new rows, kept in changed ones, asked in conflicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Table, and_, select
from sqlalchemy.sql.elements import Grouping

from cellwall.runtime.database.guard.references import References
from cellwall.runtime.database.guard.tables import GuardedTables
from cellwall.runtime.errors import UnguardedStatementError


def stamped(statement: Any, column: Column[Any], tables: GuardedTables, references: References) -> Any:
    """Give the INSERT with the owner's parameter in the owner's column of each row."""
    owner = tables.parameters[column.table]
    if statement.select is not None:
        return _stamped_select(statement, column, owner, references)
    if statement._multi_values:
        rewritten = statement._generate()
        rewritten._multi_values = tuple(
            [_stamped_row(statement, row, column, owner) for row in rows] for rows in statement._multi_values
        )
        return rewritten
    rewritten = statement._generate()
    rewritten._values = _without(statement, statement._values or {}, column) | {column: owner}
    return rewritten


def changed_keys(state: Any, column_keys: Any) -> set[str]:
    """Give the keys of the columns that an UPDATE sets."""
    keys = {key if isinstance(key, str) else key.key for key in state._dict_parameters or ()}
    return keys.union(column_keys or ())


def keep_owner(statement: Any, state: Any, keys: set[str], tables: GuardedTables) -> Any:
    """Give the UPDATE with the owner's parameter wherever it would set the owner's column."""
    column = tables.owner_column(state.statement.table)
    if column is None:
        raise UnguardedStatementError("a shared table changes under system_context() alone")
    if column.key not in keys and column.onupdate is None:
        return statement
    rewritten = statement._generate()
    rewritten._values = _without(statement, statement._values or {}, column) | {
        column: tables.parameters[column.table]
    }
    return rewritten


def own_conflicts(on_conflict: Any, table: Table, tables: GuardedTables) -> Any:
    """Give the ON CONFLICT DO UPDATE that changes rows of the owner alone."""
    column = tables.owner_column(table)
    criterion: Any = tables.criterion(table)
    assert column is not None
    guarded = on_conflict._clone()
    where = on_conflict.update_whereclause
    guarded.update_whereclause = criterion if where is None else and_(criterion, Grouping(where))
    guarded.update_values_to_set = [
        (key, tables.parameters[table] if _names(key, column) else value)
        for key, value in dict(on_conflict.update_values_to_set).items()
    ]
    return guarded


def _stamped_select(statement: Any, column: Column[Any], owner: Any, references: References) -> Any:
    names = [name if isinstance(name, str) else name.key for name in statement._select_names]
    source = statement.select.subquery()
    values = dict(zip(names, source.c, strict=True))
    chosen = [value for name, value in values.items() if name != column.key]
    rewritten = statement._generate()
    rewritten._select_names = [*(name for name in names if name != column.key), column.key]
    table: Any = column.table
    rewritten.select = select(*chosen, owner).where(*references.own_only(table, values))
    return rewritten


def _stamped_row(statement: Any, row: Any, column: Column[Any], owner: Any) -> dict[Any, Any]:
    if isinstance(row, Sequence):
        row = {each.key: value for each, value in zip(column.table.c, row, strict=False)}
    return _without(statement, row, column) | {column: owner}


def _without(statement: Any, values: Mapping[Any, Any], column: Column[Any]) -> dict[Any, Any]:
    mapper = getattr(statement._propagate_attrs.get("plugin_subject"), "mapper", None)
    attributes = {
        key for key, mapped in (mapper.columns.items() if mapper is not None else ()) if mapped is column
    }
    return {
        key: value
        for key, value in values.items()
        if not _names(key, column) and not (isinstance(key, str) and key in attributes)
    }


def _names(key: Any, column: Column[Any]) -> bool:
    return key == column.key if isinstance(key, str) else getattr(key, "key", None) == column.key
