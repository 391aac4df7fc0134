"""What the guard knows of the application's tables: whose rows they hold, and the criterion for each."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final, final
from weakref import WeakSet

from sqlalchemy import BindParameter, Column, ColumnElement, Table, bindparam
from sqlalchemy.orm import Mapper
from sqlalchemy.sql.selectable import AliasedReturnsRows, FromClause, TableClause

from cellwall.runtime.database.ownership import Ownership
from cellwall.runtime.errors import UnguardedStatementError

OWNER_KEY: Final = "cellwall_owner"


@final
class _Nobody:
    """Stands for the owner until a session's connection runs the statement; no driver can send it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<nobody: this did not run on a session's connection>"


NOBODY: Final = _Nobody()


@final
class GuardedTables:
    """The owned and the shared tables of one ownership, with the owner's parameter of each."""

    def __init__(self, ownership: Ownership) -> None:
        self.ownership: Final = ownership
        self._types: dict[str, BindParameter[Any]] = {}
        self._mappers: dict[Table, Mapper[Any]] = {}
        self._registries: WeakSet[Any] = WeakSet()

    @cached_property
    def owned(self) -> dict[Table, Column[Any]]:
        """The owned tables with the columns that say whose a row is."""
        return self.ownership.owned

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of owned tables in lower case, as somebody may write them in a text."""
        return frozenset(table.name.lower() for table in self.owned)

    @cached_property
    def parameters(self) -> dict[Table, BindParameter[Any]]:
        """The parameter that stands for the owner in statements on each owned table."""
        return {table: self._parameter(column) for table, column in self.owned.items()}

    @cached_property
    def _criteria(self) -> dict[Table, ColumnElement[bool]]:
        return {table: column == self.parameters[table] for table, column in self.owned.items()}

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The names of the owner's parameters: one for each type that owner's columns have."""
        return tuple({parameter.key: None for parameter in self.parameters.values()})

    def owner_column(self, table: object) -> Column[Any] | None:
        """Give the owner's column of an owned table; None for a shared one.

        Raises:
            UnguardedStatementError: a table that the ownership does not know.
        """
        if isinstance(table, Table):
            column = self.owned.get(table)
            if column is not None:
                return column
            known = self.ownership.metadata.tables.get(table.fullname)
            if table.fullname in self.ownership.shared and known is not None and known == table:
                return None
        raise UnguardedStatementError(
            f"table {getattr(table, 'fullname', table)!s} is not one of the application's tables: use the "
            "mapped class or the Table of the ownership's metadata, imported before the first session"
        )

    def criterion(self, from_: FromClause) -> ColumnElement[bool] | None:
        """Give what restricts an owned table or an alias to its owner's rows; None where nothing must.

        Raises:
            UnguardedStatementError: a table that the ownership does not know.
        """
        table = table_of(from_)
        if table is None:
            return None
        column = self.owner_column(table)
        if column is None:
            return None
        if isinstance(from_, Table):
            return self._criteria[from_]
        aliased: ColumnElement[bool] = from_.c[column.key] == self.parameters[table]  # type: ignore[index]
        return aliased

    def learn(self, mapper: Mapper[Any]) -> None:
        """Remember which classes are mapped to which tables, for all classes mapped beside this one."""
        if mapper.registry not in self._registries:
            self._registries.add(mapper.registry)
            for each in mapper.registry.mappers:
                if isinstance(each.local_table, Table) and each.local_table not in self._mappers:
                    self._mappers[each.local_table] = each

    def identity(self, table: Table, columns: tuple[Column[Any], ...], key: tuple[Any, ...]) -> Any:
        """Give the key under which a session knows a row; None where `columns` are not its key."""
        mapper = self._mappers.get(table)
        if mapper is None or mapper.primary_key != columns:
            return None
        return mapper.identity_key_from_primary_key(key)

    def _parameter(self, column: Column[Any]) -> BindParameter[Any]:
        """Give the parameter for owner's columns of one type: one, however many tables a statement names."""
        kind = repr(column.type)
        if kind not in self._types:
            number = len(self._types)
            key = OWNER_KEY if not number else f"{OWNER_KEY}_{number + 1}"
            self._types[kind] = bindparam(key, NOBODY, type_=column.type)
        return self._types[kind]


def table_of(from_: object) -> TableClause | None:
    """Give the table that a FROM names, itself or through aliases; None for a query, a function or values."""
    while isinstance(from_, AliasedReturnsRows):
        from_ = from_.element
    return from_ if isinstance(from_, TableClause) else None


def name_giver(from_: FromClause) -> FromClause:
    """Give the innermost alias around a table, or the table: what a compiler meets last before the name."""
    while isinstance(from_, AliasedReturnsRows) and isinstance(from_.element, AliasedReturnsRows):
        from_ = from_.element
    return from_


def target_of(statement: Any) -> Any:
    """Give the table that a statement writes; bulk statements of the ORM say it in an annotation."""
    notes = statement._annotations
    for note in ("_emit_insert_table", "_emit_update_table", "_emit_delete_table"):
        if note in notes:
            return notes[note]
    return statement.table
