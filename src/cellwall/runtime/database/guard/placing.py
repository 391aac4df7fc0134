"""Where owned tables stand in SQL: each place gets its owner's criterion before the table's name is written.

A table in a FROM, or on the side of a join that keeps its rows, is restricted in the WHERE; the optional side
of an outer join in its ON. Names are written only in places that were counted before, so a construct that
nobody thought of is refused. SQLAlchemy's compiler has no public hook between FROM and WHERE: this file
overrides its `_compose_select_body` and `_generate_delimited_and_list`; tests fail where these are gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlalchemy.sql.elements import BinaryExpression, Grouping
from sqlalchemy.sql.operators import custom_op
from sqlalchemy.sql.selectable import FromClause, FromGrouping, Join

from cellwall.runtime.database.guard.dialect import DialectCompiler
from cellwall.runtime.database.guard.tables import GuardedTables, name_giver, table_of
from cellwall.runtime.errors import UnguardedStatementError


class PlacesTables(DialectCompiler):
    """Reads: SELECT, and the FROM and USING of changes."""

    guarded_tables: GuardedTables
    touches_owned: bool = False

    def _compose_select_body(
        self, text: str, select: Any, state: Any, columns: Any, froms: Any, *rest: Any
    ) -> Any:
        with self._level():
            criteria = self._admit_all(froms)
            if criteria:
                select = restricted(select, criteria)
            return super()._compose_select_body(text, select, state, columns, froms, *rest)

    def visit_join(self, join: Join, asfrom: bool = False, from_linter: Any = None, **kw: Any) -> Any:
        """Restrict the optional side of an outer join in its ON, where the other side keeps its rows."""
        if join.isouter and not join.full:
            criteria = self._admit_all([join.right])
            if criteria:
                join = join._clone()
                join.onclause = and_(*criteria, _grouped(join.onclause))
        return super().visit_join(join, asfrom=asfrom, from_linter=from_linter, **kw)

    def visit_table(self, table: Any, asfrom: bool = False, iscrud: bool = False, **kw: Any) -> Any:
        """Write a table's name only where a criterion for this very place was made."""
        if asfrom or kw.get("within_tstring"):
            alias = kw.get("enclosing_alias")
            giver = alias if alias is not None and alias.element is table else table
            self._use_place(table if iscrud else id(giver), table)
            self._written[table.name.lower()] += 1
        return super().visit_table(table, asfrom=asfrom, iscrud=iscrud, **kw)

    def update_from_clause(
        self, update_stmt: Any, table: Any, extra_froms: Any, *rest: Any, **kw: Any
    ) -> Any:
        """Restrict the other tables of an UPDATE ... FROM."""
        criteria = self._admit_all(extra_froms)
        text = super().update_from_clause(update_stmt, table, extra_froms, *rest, **kw)
        self.__dict__["_guarded_pending"] = criteria
        return text

    def delete_extra_from_clause(
        self, delete_stmt: Any, table: Any, extra_froms: Any, *rest: Any, **kw: Any
    ) -> Any:
        """Restrict the other tables of a DELETE ... USING."""
        criteria = self._admit_all(extra_froms)
        text = super().delete_extra_from_clause(delete_stmt, table, extra_froms, *rest, **kw)
        self.__dict__["_guarded_pending"] = criteria
        return text

    def _generate_delimited_and_list(self, clauses: Any, **kw: Any) -> Any:
        pending = self.__dict__.pop("_guarded_pending", None)
        if pending:
            clauses = (*pending, *clauses)
        return super()._generate_delimited_and_list(clauses, **kw)

    def _admit_all(self, froms: Iterable[FromClause]) -> list[ColumnElement[Any]]:
        criteria: list[ColumnElement[Any]] = []
        for from_ in froms:
            self._admit(from_, criteria)
        return criteria

    def _admit(self, from_: FromClause, criteria: list[ColumnElement[Any]]) -> None:
        if isinstance(from_, FromGrouping):
            self._admit(from_.element, criteria)
        elif isinstance(from_, Join):
            if not from_.full:
                self._admit(from_.left, criteria)
                if not from_.isouter:
                    self._admit(from_.right, criteria)
        elif table_of(from_) is not None:
            criterion = self.guarded_tables.criterion(from_)
            self._places[-1][id(name_giver(from_))] += 1
            if criterion is not None:
                self.touches_owned = True
                criteria.append(criterion)

    @contextmanager
    def _level(self) -> Iterator[None]:
        """Count the places of one SELECT, UPDATE or DELETE apart from those of the ones inside it."""
        self._places.append(Counter())
        yield
        self._places.pop()

    @property
    def _places(self) -> list[Counter[object]]:
        places: list[Counter[object]] = self.__dict__.setdefault("_guarded_places", [Counter()])
        return places

    @property
    def _written(self) -> Counter[str]:
        written: Counter[str] = self.__dict__.setdefault("_guarded_written", Counter())
        return written

    def _use_place(self, place: object, table: Any) -> None:
        admitted = self._places[-1]
        if admitted[place] > 0:
            admitted[place] -= 1
        elif self.guarded_tables.owner_column(table) is not None:
            raise UnguardedStatementError(
                f"the rows of {table.fullname} cannot be restricted to their owner in this place (a full "
                "outer join, or a construct that the guard does not know): use select() with joins, left "
                "joins or subqueries"
            )


def restricted(statement: Any, criteria: list[ColumnElement[Any]]) -> Any:
    """Put the criteria before those of the statement, which brackets keep from reaching around them."""
    copied = statement._generate()
    copied._where_criteria = (*criteria, *map(_grouped, statement._where_criteria))
    return copied


def _grouped(criterion: Any) -> Any:
    plain = isinstance(criterion, BinaryExpression) and not isinstance(criterion.operator, custom_op)
    return criterion if plain else Grouping(criterion)
