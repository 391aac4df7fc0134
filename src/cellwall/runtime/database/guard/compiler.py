"""The guard where SQL is made: every owned table in it gets its owner's criterion, or there is no SQL.

Runs once for each form of a statement: SQLAlchemy caches what it made, with the owner as a parameter.
"""

from __future__ import annotations

from typing import Any, Final

from cellwall.runtime.database.guard.functions import Functions
from cellwall.runtime.database.guard.names import reader_calls, table_mentions
from cellwall.runtime.database.guard.raw_sql import ChecksRawSql
from cellwall.runtime.database.guard.references import References
from cellwall.runtime.database.guard.rows import WriteForm
from cellwall.runtime.database.guard.tables import GuardedTables
from cellwall.runtime.database.guard.writing import WritesRows
from cellwall.runtime.errors import UnguardedStatementError

# What a compiled statement is asked for at each execution, by SQLAlchemy and here, and has in its classes.
# Python 3.11 remembers where an object's own attributes are, and looks up all others anew.
ASKED_EACH_TIME: Final = (
    "_ad_hoc_textual", "_loose_column_name_matching", "_ordered_columns", "_render_postcompile",
    "_textual_ordered_columns", "has_out_parameters", "insert_prefetch", "isdelete", "isinsert",
    "isplaintext", "isupdate", "literal_execute_params", "post_compile_params", "schema_translate_map",
    "touches_owned", "unguarded_text", "update_prefetch",
)  # fmt: skip


class GuardedCompiler(WritesRows, ChecksRawSql):
    """What the guard adds to a dialect's compiler."""

    owner_keys: tuple[str, ...] = ()  # the names of the owner's parameters in the finished SQL
    write_form: WriteForm | None = None  # what executions have to look at; made at the first one

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        if getattr(self, "string", None) and not self.unguarded_text:
            self._look_again()
        if self.touches_owned:
            self._find_owner()
        for name in ASKED_EACH_TIME:
            setattr(self, name, getattr(self, name))

    def visit_function(self, func: Any, *args: Any, **kw: Any) -> Any:
        """Remember which functions were written on purpose."""
        text = super().visit_function(func, *args, **kw)
        self._written[func.name.lower()] += 1
        return text

    def _find_owner(self) -> None:
        """Note by which names the SQL asks for its owner; one that touches owned rows does."""
        self.owner_keys = tuple(key for key in self.guarded_tables.keys if key in self.binds)
        if not self.owner_keys:
            raise UnguardedStatementError(
                "this statement reaches owned rows and would not ask whose they are: write it by select(), "
                "insert(), update() or delete() with the mapped classes"
            )

    def _look_again(self) -> None:
        """Compare the tables in the finished SQL with those that were written on purpose."""
        tables = self.guarded_tables
        found = table_mentions(self.string, tables.names) + reader_calls(self.string)
        strangers = found - self._written
        if strangers:
            raise UnguardedStatementError(
                f"something in this statement writes {', '.join(sorted(strangers))} past the guard (a "
                "construct with SQL of its own): use the mapped class"
            )


def guarded_compiler(dialect_compiler: type[Any], tables: GuardedTables, functions: Functions) -> type[Any]:
    """Make the guarded form of a dialect's compiler class."""
    members = {
        "guarded_tables": tables,
        "guarded_functions": functions,
        "guarded_references": References(tables),
        "__module__": __name__,
    }
    return type(f"Guarded{dialect_compiler.__name__}", (GuardedCompiler, dialect_compiler), members)
