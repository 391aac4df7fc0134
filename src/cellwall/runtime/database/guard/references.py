"""What a written row points to: an own row, or the write is refused before it happens.

A foreign key that takes the owner along, `(user_id, item_id)` to `(user_id, id)`, needs no look: the database
holds it. Of the others, rows that this session has read or written are known; the rest is asked for in one
query a statement, which sees own rows alone. A row that nobody has and another owner's row answer the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Null,
    ScalarSelect,
    Select,
    Table,
    and_,
    exists,
    or_,
    select,
)

from cellwall.runtime.database.guard.binding import Binding
from cellwall.runtime.database.guard.tables import GuardedTables, table_of
from cellwall.runtime.errors import ForeignRowError, UnguardedStatementError

Key = tuple[Any, ...]


@final
@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """One foreign key to an owned table that does not take the owner along."""

    local: tuple[Column[Any], ...]
    there: tuple[Column[Any], ...]
    table: Table
    first: str  # key of the first local column
    single: bool  # there is no other
    to_key: bool  # `there` is the primary key

    def key(self, row: Mapping[str, Any]) -> Key | None:
        """Give what the row points to; None for nothing, or where the row does not say."""
        values = tuple(row.get(column.key) for column in self.local)
        return None if any(value is None or isinstance(value, Null) for value in values) else values

    def follows(self, position: int, value: Any) -> bool:
        """Tell whether an expression can only give the key of an own row.

        A row's own pointer does, and what is selected as the key of that table: restricted as every select,
        as long as it stands for itself (no union, no correlation by hand) and is that column and no other.
        """
        if isinstance(value, ScalarSelect):
            query = value.element
            if not isinstance(query, Select) or query._correlate or query._correlate_except is not None:
                return False
            (value,) = query.selected_columns
            return _is_column(value, self.there[position], table_of(getattr(value, "table", None)))
        source = getattr(value, "table", None)
        return any(_is_column(value, column[position], source) for column in (self.there, self.local))


@final
class References:
    """The foreign keys of all owned tables."""

    def __init__(self, tables: GuardedTables) -> None:
        self._tables = tables

    @cached_property
    def of(self) -> dict[Table, tuple[Reference, ...]]:
        """The references of each owned table that are to be looked at."""
        return {table: tuple(self._of(table)) for table in self._tables.owned}

    @cached_property
    def targets(self) -> frozenset[Table]:
        """The tables that are pointed to."""
        return frozenset(reference.table for each in self.of.values() for reference in each)

    def among(self, state: Any, keys: set[str]) -> bool:
        """Tell whether an UPDATE of these columns changes what its rows point to."""
        column: Any = self._tables.owner_column(state.statement.table)
        return any(local.key in keys for reference in self.of[column.table] for local in reference.local)

    def own_only(self, table: Table, source: Mapping[str, ColumnElement[Any]]) -> list[ColumnElement[bool]]:
        """Give what keeps out a query's rows that would point to foreign ones; `source` is by column key."""
        criteria: list[ColumnElement[bool]] = []
        for reference in self.of[table]:
            local = [source[column.key] for column in reference.local if column.key in source]
            if len(local) == len(reference.local):
                same = (there == value for there, value in zip(reference.there, local, strict=True))
                nothing = (value.is_(None) for value in local)
                criteria.append(or_(*nothing, exists(select(reference.there[0]).where(*same))))
        return criteria

    def check(
        self,
        connection: Connection,
        binding: Binding,
        table: Table,
        rows: Iterable[Mapping[str, Any]],
        made: Iterable[Mapping[str, Any]] = (),
    ) -> None:
        """Refuse rows that point to what is not the owner's; to those that are `made` here they may.

        Raises:
            ForeignRowError: a row points to a row that this owner does not have.
            UnguardedStatementError: where it points to comes from an expression.
        """
        references = self.of[table]
        if not references:
            return
        asked = [(reference, self._keys(reference, rows)) for reference in references]
        new: set[Key] = set()
        if any(reference.table is table for reference in references):
            new = {tuple(_honest(row.get(column.key)) for column in table.primary_key) for row in made}
        for reference, keys in asked:
            unknown: set[Key] = set()
            for key in keys:
                among = reference.to_key and reference.table is table and key in new
                if not among and not binding.knows(reference.table, reference.there, key):
                    unknown.add(key)
            if unknown:
                self._ask(connection, binding, reference, unknown)

    def _keys(self, reference: Reference, rows: Iterable[Mapping[str, Any]]) -> set[Key]:
        first, single = reference.first, reference.single
        keys: set[Key] = set()
        for row in rows:
            value = row.get(first)
            kind = type(value)
            if single and (kind is int or kind is str):
                keys.add((value,))  # what the general way below comes to, for the usual key
                continue
            key = reference.key(row)
            if key is not None and self._is_value(reference, key):
                keys.add(tuple(map(_honest, key)))
        return keys

    def _is_value(self, reference: Reference, key: Key) -> bool:
        expressions = [
            i for i, value in enumerate(key) if hasattr(value, "__clause_element__") or _is_sql(value)
        ]
        if not all(reference.follows(i, _plain(key[i])) for i in expressions):
            names = ", ".join(column.name for column in reference.local)
            raise UnguardedStatementError(
                f"{names} points to a row of {reference.table.fullname} by an expression that cannot be "
                "checked: give a value, or a scalar subquery that selects the key of that table"
            )
        return not expressions

    def _ask(self, connection: Connection, binding: Binding, reference: Reference, keys: set[Key]) -> None:
        there = reference.there
        criterion: ColumnElement[bool]
        if len(there) == 1:
            criterion = there[0].in_([key for (key,) in keys])
        else:
            criterion = or_(
                *(and_(*(c == value for c, value in zip(there, key, strict=True))) for key in keys)
            )
        found = {tuple(row) for row in connection.execute(select(*there).where(criterion))}
        missing = {tuple(map(str, key)) for key in keys} - {tuple(map(str, key)) for key in found}
        if missing:
            keys_text = ", ".join(map("/".join, sorted(missing)))
            raise ForeignRowError(
                f"a row would point to {reference.table.fullname} {keys_text}, not there for this owner"
            )
        if reference.to_key:
            binding.remember(connection, reference.table, keys)

    def _of(self, table: Table) -> Iterable[Reference]:
        for constraint in table.foreign_key_constraints:
            there = tuple(element.column for element in constraint.elements)
            target = constraint.referred_table
            owner_there = self._tables.owned.get(target)
            pairs = dict(zip(constraint.columns, there, strict=True))
            if owner_there is not None and pairs.get(self._tables.owned[table]) is not owner_there:
                local = tuple(constraint.columns)
                to_key = there == tuple(target.primary_key)
                yield Reference(local, there, target, local[0].key, len(local) == 1, to_key)


def _is_column(value: Any, column: Column[Any], source: object) -> bool:
    return isinstance(value, Column) and value.key == column.key and source == column.table


def _honest(value: Any) -> Any:
    """Give the plain number or text that a driver sends, whatever a subclass says that it equals."""
    if isinstance(value, str):
        return str.__str__(value)
    return int.__index__(value) if isinstance(value, int) else value


def _is_sql(value: Any) -> bool:
    return hasattr(value, "_compiler_dispatch")


def _plain(value: Any) -> Any:
    return value.__clause_element__() if hasattr(value, "__clause_element__") else value
