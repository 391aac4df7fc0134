"""The guard where SQL is made: every owned table in it gets its owner's criterion, or there is no SQL.

Runs once for each form of a statement: SQLAlchemy caches what it made, with the owner as a parameter.
What the guard does not know how to restrict is refused, because a table's name is only written where a
criterion for it was placed before. SQLAlchemy's compiler has no public hook between FROM and WHERE, so this
file overrides `_compose_select_body`, `_generate_delimited_and_list` and `_generate_prefixes`; the tests fail
on a version where they are gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Table, and_
from sqlalchemy.sql.elements import BinaryExpression, Grouping, TextClause
from sqlalchemy.sql.operators import custom_op
from sqlalchemy.sql.selectable import FromClause, FromGrouping, Join, TextualSelect

from cellwall.runtime.database.guard import fragments, inserts
from cellwall.runtime.database.guard.functions import Functions
from cellwall.runtime.database.guard.names import table_mentions
from cellwall.runtime.database.guard.quoting import guarded_preparer
from cellwall.runtime.database.guard.references import References
from cellwall.runtime.database.guard.safe_statements import is_safe
from cellwall.runtime.database.guard.tables import GuardedTables, name_giver, table_of, target_of
from cellwall.runtime.database.guard.texts import SharedText
from cellwall.runtime.errors import UnguardedStatementError

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler as _Compiler
else:
    _Compiler = object  # mixed into the dialect's own compiler by `guarded_compiler`


class GuardedCompiler(_Compiler):
    """What the guard adds to a dialect's compiler."""

    guarded_tables: GuardedTables
    guarded_functions: Functions
    guarded_references: References
    touches_owned = False
    unguarded_text = False

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        if getattr(self, "string", None):
            self._look_again()

    def _look_again(self) -> None:
        """Compare the tables in the finished SQL with those that were written on purpose."""
        tables = self.guarded_tables
        found = table_mentions(self.string, tables.names, tables.column_names)
        strangers = found - self._written
        if strangers and not self.unguarded_text:
            raise UnguardedStatementError(
                f"something in this statement writes {', '.join(sorted(strangers))} past the guard (a construct with "
                "SQL of its own): use the mapped class"
            )

    @property
    def preparer(self) -> Any:
        """How names are written."""
        return self.__dict__["_guarded_preparer"]

    @preparer.setter
    def preparer(self, preparer: Any) -> None:
        self.__dict__["_guarded_preparer"] = guarded_preparer(preparer)

    @property
    def _written(self) -> Counter[str]:
        written: Counter[str] = self.__dict__.setdefault("_guarded_written", Counter())
        return written

    # -- FROM and WHERE ------------------------------------------------------------------------------------

    def _compose_select_body(
        self, text: str, select: Any, state: Any, columns: Any, froms: Any, *rest: Any
    ) -> str:
        with self._level():
            criteria = self._admit_all(froms)
            if criteria:
                select = _restricted(select, criteria)
            return super()._compose_select_body(text, select, state, columns, froms, *rest)  # type: ignore[misc,no-any-return]

    def visit_join(self, join: Join, asfrom: bool = False, from_linter: Any = None, **kw: Any) -> str:
        """Restrict the optional side of an outer join in its ON, where the other side keeps its rows."""
        if join.isouter and not join.full:
            criteria: list[ColumnElement[Any]] = []
            self._admit(join.right, criteria)
            if criteria:
                restricted = join._clone()
                restricted.onclause = and_(*criteria, _grouped(join.onclause))
                join = restricted
        return super().visit_join(join, asfrom=asfrom, from_linter=from_linter, **kw)

    def visit_table(self, table: Any, asfrom: bool = False, iscrud: bool = False, **kw: Any) -> str:
        """Write a table's name only where a criterion for this very place was made."""
        if asfrom or kw.get("within_tstring"):
            alias = kw.get("enclosing_alias")
            giver = alias if alias is not None and alias.element is table else table
            self._use_place(table if iscrud else id(giver), table)
            self._written[table.name.lower()] += 1
        return super().visit_table(table, asfrom=asfrom, iscrud=iscrud, **kw)

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

    def _use_place(self, place: object, table: Any) -> None:
        admitted = self._places[-1]
        if admitted[place] > 0:
            admitted[place] -= 1
        elif self.guarded_tables.owner_column(table) is not None:
            raise UnguardedStatementError(
                f"the rows of {table.fullname} cannot be restricted to their owner in this place (a full outer join, "
                "or a construct that the guard does not know): use select() with joins, left joins or subqueries"
            )

    # -- UPDATE and DELETE ---------------------------------------------------------------------------------

    def visit_update(self, update_stmt: Any, visiting_cte: Any = None, **kw: Any) -> str:
        """Change rows of the owner alone, and leave them with their owner."""
        with self._level():
            update_stmt = self._restrict_target(update_stmt)
            state = update_stmt._compile_state_factory(update_stmt, self, **kw)
            keys = inserts.changed_keys(state, self.column_keys)
            if (visiting_cte is not None or len(self._places) > 2) and self.guarded_references.among(state, keys):
                raise UnguardedStatementError("UPDATE inside another statement may not change what a row points to")
            update_stmt = inserts.keep_owner(update_stmt, state, keys, self.guarded_tables)
            return super().visit_update(update_stmt, visiting_cte=visiting_cte, **kw)

    def visit_delete(self, delete_stmt: Any, visiting_cte: Any = None, **kw: Any) -> str:
        """Delete rows of the owner alone."""
        with self._level():
            delete_stmt = self._restrict_target(delete_stmt)
            text: str = super().visit_delete(delete_stmt, visiting_cte=visiting_cte, **kw)
            return text

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
        return _restricted(statement, [criterion])

    def update_from_clause(
        self, update_stmt: Any, from_table: Any, extra_froms: Any, *rest: Any, **kw: Any
    ) -> str:
        """Restrict the other tables of an UPDATE ... FROM."""
        criteria = self._admit_all(extra_froms)
        text = super().update_from_clause(update_stmt, from_table, extra_froms, *rest, **kw)
        self.__dict__["_guarded_pending"] = criteria
        return text

    def delete_extra_from_clause(
        self, delete_stmt: Any, from_table: Any, extra_froms: Any, *rest: Any, **kw: Any
    ) -> str:
        """Restrict the other tables of a DELETE ... USING."""
        criteria = self._admit_all(extra_froms)
        text: str = super().delete_extra_from_clause(delete_stmt, from_table, extra_froms, *rest, **kw)
        self.__dict__["_guarded_pending"] = criteria
        return text

    def _admit_all(self, froms: Any) -> list[ColumnElement[Any]]:
        criteria: list[ColumnElement[Any]] = []
        for from_ in froms:
            self._admit(from_, criteria)
        return criteria

    def _generate_delimited_and_list(self, clauses: Any, **kw: Any) -> str:
        pending = self.__dict__.pop("_guarded_pending", None)
        if pending:
            clauses = (*pending, *clauses)
        text: str = super()._generate_delimited_and_list(clauses, **kw)  # type: ignore[misc]
        return text

    # -- INSERT --------------------------------------------------------------------------------------------

    def visit_insert(
        self, insert_stmt: Any, visited_bindparam: Any = None, visiting_cte: Any = None, **kw: Any
    ) -> str:
        """Write the owner into every new row, whatever else was given."""
        table = target_of(insert_stmt)
        column = self.guarded_tables.owner_column(table)
        if column is None or visiting_cte is not None or self.stack:
            raise UnguardedStatementError(
                f"{table.fullname} cannot be written here: shared tables change under system_context() alone, and "
                "INSERT inside another statement is not checked, so execute it by itself"
            )
        self.touches_owned = True
        self._written[table.name.lower()] += 1
        insert_stmt = inserts.stamped(insert_stmt, column, self.guarded_tables, self.guarded_references)
        return super().visit_insert(
            insert_stmt, visited_bindparam=visited_bindparam, visiting_cte=visiting_cte, **kw
        )

    def visit_on_conflict_do_update(self, on_conflict: Any, **kw: Any) -> str:
        """Update the conflicting row only when it is the owner's."""
        table = self.stack[-1]["selectable"].table
        guarded = inserts.own_conflicts(on_conflict, table, self.guarded_tables)
        text: str = super().visit_on_conflict_do_update(guarded, **kw)  # type: ignore[misc]
        return text

    def visit_on_duplicate_key_update(self, on_duplicate: Any, **kw: Any) -> str:
        """Refuse: it would change a row of whomever it belongs to."""
        raise UnguardedStatementError(
            "ON DUPLICATE KEY UPDATE has no WHERE: update first, insert what is missing"
        )

    # -- raw SQL -------------------------------------------------------------------------------------------

    def visit_textclause(self, textclause: TextClause, *args: Any, **kw: Any) -> str:
        """Accept plain words, and whole statements that somebody vouched for."""
        top = not self.stack or isinstance(self.stack[-1]["selectable"], TextualSelect)
        if top and isinstance(textclause, SharedText):
            textclause.check(self.guarded_tables.ownership.shared, self.guarded_tables.names)
        elif not self.stack:
            self.unguarded_text = not is_safe(textclause.text)  # who runs it decides how it is refused
        else:
            if kw.get("asfrom") or top:
                raise UnguardedStatementError(
                    "text() instead of a table cannot be restricted: use the mapped class"
                )
            fragments.check_fragment(textclause.text)
        return super().visit_textclause(textclause, *args, **kw)

    def visit_tstring(self, tstring: Any, *args: Any, **kw: Any) -> str:
        """Refuse, as text() is."""
        raise UnguardedStatementError(
            "a template string is text: write it by select(), update() or delete() with the mapped classes"
        )

    def visit_column(self, column: Any, *args: Any, **kw: Any) -> str:
        """Accept a literal column when it is a plain word."""
        if column.is_literal:
            fragments.check_fragment(column.name)
        return super().visit_column(column, *args, **kw)

    def visit_function(self, func: Any, *args: Any, **kw: Any) -> str:
        """Accept functions that compute from their arguments."""
        self.guarded_functions.check(func.name, func.packagenames)
        return super().visit_function(func, *args, **kw)

    def visit_extract(self, extract: Any, **kw: Any) -> str:
        """Accept a field that is one word."""
        fragments.check_field(extract.field)
        return super().visit_extract(extract, **kw)

    def visit_typeclause(self, typeclause: Any, **kw: Any) -> str:
        """Accept a type that is a name with sizes."""
        text: str = super().visit_typeclause(typeclause, **kw)
        fragments.check_type(text)
        return text

    def visit_custom_op_binary(self, element: Any, operator: custom_op[Any], **kw: Any) -> str:
        """Accept operators that are nothing else."""
        fragments.check_operator(operator.opstring)
        return super().visit_custom_op_binary(element, operator, **kw)

    def visit_custom_op_unary_operator(self, element: Any, operator: custom_op[Any], **kw: Any) -> str:
        """Accept operators that are nothing else."""
        fragments.check_operator(operator.opstring)
        return super().visit_custom_op_unary_operator(element, operator, **kw)

    def visit_custom_op_unary_modifier(self, element: Any, operator: custom_op[Any], **kw: Any) -> str:
        """Accept operators that are nothing else."""
        fragments.check_operator(operator.opstring)
        return super().visit_custom_op_unary_modifier(element, operator, **kw)

    def _generate_prefixes(self, stmt: Any, prefixes: Any, **kw: Any) -> str:
        for prefix, dialect_name in prefixes:
            if dialect_name in (None, "*", self.dialect.name):
                fragments.check_prefix(getattr(prefix, "text", ""))
        text: str = super()._generate_prefixes(stmt, prefixes, **kw)  # type: ignore[misc]
        return text

    def get_statement_hint_text(self, hint_texts: Any) -> str:
        """Refuse: a hint is raw SQL."""
        raise UnguardedStatementError("statement hints are raw SQL and cannot be checked")

    def format_from_hint_text(self, sqltext: Any, table: Any, hint: str, iscrud: Any) -> str:
        """Accept ONLY; other hints are raw SQL."""
        if hint.strip().upper() != "ONLY":
            raise UnguardedStatementError("table hints are raw SQL and cannot be checked")
        text: str = super().format_from_hint_text(sqltext, table, hint, iscrud)
        return text


def guarded_compiler(dialect_compiler: type[Any], tables: GuardedTables, functions: Functions) -> type[Any]:
    """Make the guarded form of a dialect's compiler class."""
    members = {
        "guarded_tables": tables,
        "guarded_functions": functions,
        "guarded_references": References(tables),
        "__module__": __name__,
    }
    return type(f"Guarded{dialect_compiler.__name__}", (GuardedCompiler, dialect_compiler), members)


def _restricted(statement: Any, criteria: list[ColumnElement[Any]]) -> Any:
    """Put the criteria before those of the statement, which brackets keep from reaching around them."""
    restricted = statement._generate()
    restricted._where_criteria = (*criteria, *map(_grouped, statement._where_criteria))
    return restricted


def _grouped(criterion: Any) -> Any:
    plain = isinstance(criterion, BinaryExpression) and not isinstance(criterion.operator, custom_op)
    return criterion if plain else Grouping(criterion)
