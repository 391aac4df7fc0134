"""Raw SQL inside statements: plain words, known functions and operators pass, everything else is refused."""

from __future__ import annotations

from typing import Any

from sqlalchemy.sql.elements import TextClause
from sqlalchemy.sql.operators import custom_op
from sqlalchemy.sql.selectable import TextualSelect

from cellwall.runtime.database.guard import fragments
from cellwall.runtime.database.guard.dialect import DialectCompiler
from cellwall.runtime.database.guard.functions import Functions
from cellwall.runtime.database.guard.quoting import guarded_preparer
from cellwall.runtime.database.guard.safe_statements import is_safe
from cellwall.runtime.database.guard.tables import GuardedTables
from cellwall.runtime.database.guard.texts import SharedText
from cellwall.runtime.errors import UnguardedStatementError


class ChecksRawSql(DialectCompiler):
    """Whatever reaches SQL as text."""

    guarded_tables: GuardedTables
    guarded_functions: Functions
    unguarded_text: bool = False

    @property
    def preparer(self) -> Any:
        """How names are written."""
        return self.__dict__["_guarded_preparer"]

    @preparer.setter
    def preparer(self, preparer: Any) -> None:
        self.__dict__["_guarded_preparer"] = guarded_preparer(preparer)

    def visit_textclause(self, textclause: TextClause, *args: Any, **kw: Any) -> Any:
        """Accept plain words, and whole statements that somebody vouched for."""
        checked = kw.pop("guarded_prefix", False)
        whole = not self.stack or isinstance(self.stack[-1]["selectable"], TextualSelect)
        if whole and isinstance(textclause, SharedText):
            textclause.check(self.guarded_tables.ownership.shared, self.guarded_tables.names)
        elif not self.stack:
            self.unguarded_text = not is_safe(textclause.text)  # who runs it decides how it is refused
        elif whole or kw.get("asfrom"):
            raise UnguardedStatementError("text() in place of a table cannot be restricted: use a class")
        elif not checked:
            fragments.check_fragment(textclause.text)
        return super().visit_textclause(textclause, *args, **kw)

    def visit_tstring(self, tstring: Any, *args: Any, **kw: Any) -> Any:
        """Refuse, as text() is."""
        raise UnguardedStatementError(
            "a template string is text: write it by select(), update() or delete() with the mapped classes"
        )

    def visit_column(self, column: Any, *args: Any, **kw: Any) -> Any:
        """Accept a literal column when it is a plain word."""
        if column.is_literal:
            fragments.check_fragment(column.name)
        return super().visit_column(column, *args, **kw)

    def visit_function(self, func: Any, *args: Any, **kw: Any) -> Any:
        """Accept functions that compute from their arguments."""
        self.guarded_functions.check(func.name, func.packagenames)
        return super().visit_function(func, *args, **kw)

    def visit_extract(self, extract: Any, **kw: Any) -> Any:
        """Accept a field that is one word."""
        fragments.check_field(extract.field)
        return super().visit_extract(extract, **kw)

    def visit_typeclause(self, typeclause: Any, **kw: Any) -> Any:
        """Accept a type that is a name with sizes."""
        text = super().visit_typeclause(typeclause, **kw)
        fragments.check_type(text)
        return text

    def visit_custom_op_binary(self, element: Any, operator: custom_op[Any], **kw: Any) -> Any:
        """Accept operators that are nothing else."""
        fragments.check_operator(operator.opstring)
        return super().visit_custom_op_binary(element, operator, **kw)

    def visit_custom_op_unary_operator(self, element: Any, operator: custom_op[Any], **kw: Any) -> Any:
        """Accept operators that are nothing else."""
        fragments.check_operator(operator.opstring)
        return super().visit_custom_op_unary_operator(element, operator, **kw)

    def visit_custom_op_unary_modifier(self, element: Any, operator: custom_op[Any], **kw: Any) -> Any:
        """Accept operators that are nothing else."""
        fragments.check_operator(operator.opstring)
        return super().visit_custom_op_unary_modifier(element, operator, **kw)

    def _generate_prefixes(self, stmt: Any, prefixes: Any, **kw: Any) -> Any:
        for prefix, dialect_name in prefixes:
            if dialect_name in (None, "*", self.dialect.name):
                fragments.check_prefix(getattr(prefix, "text", ""))
        return super()._generate_prefixes(stmt, prefixes, guarded_prefix=True, **kw)

    def get_statement_hint_text(self, hint_texts: Any) -> Any:
        """Refuse: a hint is raw SQL."""
        raise UnguardedStatementError("statement hints are raw SQL and cannot be checked")

    def format_from_hint_text(self, sqltext: Any, table: Any, hint: str, iscrud: Any) -> Any:
        """Accept ONLY; other hints are raw SQL."""
        if hint.strip().upper() != "ONLY":
            raise UnguardedStatementError("table hints are raw SQL and cannot be checked")
        return super().format_from_hint_text(sqltext, table, hint, iscrud)
