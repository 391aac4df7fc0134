"""The guard where statements run: whose connection it is, the owner's value, and what never may run.

Mixed into the dialect's execution context, below all listeners and at no cost for what needs no check.
`_init_compiled` is SQLAlchemy's own; the rest of what is overridden here is meant to be.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine.default import DefaultExecutionContext

from cellwall.runtime.database.guard.binding import Binding, binding_of
from cellwall.runtime.database.guard.cursors import GUARDED, PLAIN
from cellwall.runtime.database.guard.dialect import DialectContext
from cellwall.runtime.database.guard.rows import WrittenRows
from cellwall.runtime.database.guard.safe_statements import is_safe
from cellwall.runtime.database.guard.tables import GuardedTables
from cellwall.runtime.errors import OwnerlessAccessError, UnguardedStatementError


class GuardedContext(DialectContext):
    """What the guard adds to a dialect's execution context."""

    guarded_rows: WrittenRows
    guarded_compiler: type[Any]
    invoked_statement: Any
    given: Any = ()
    binding: Binding | None = None  # whose the statement is, where it touches owned rows
    plain_create_cursor: Any
    plain_pre_exec: Any = None  # the dialect's own, where it does something
    plain_post_exec: Any = None

    def create_cursor(self) -> Any:
        """Make a cursor that runs what this context gives it, and give the statement its owner.

        SQLAlchemy asks for the cursor between reading a statement's values and handing them to the driver.
        """
        compiled = self.compiled
        if type(compiled) is self.guarded_compiler and compiled.touches_owned:
            binding = getattr(self.root_connection.engine, "cellwall_binding", None)  # `binding_of`, inlined
            if binding is not None:
                self.binding = binding
                for values in self.compiled_parameters:
                    for key in compiled.owner_keys:
                        values[key] = binding.value
        cursor = self.plain_create_cursor()
        plain = PLAIN.get(type(cursor))  # what `license_cursor` does, without a call
        if plain is not None:
            cursor.__class__ = plain
        return cursor

    def pre_exec(self) -> None:
        """Check the statement before it runs.

        Raises:
            OwnerlessAccessError: no session made the connection.
            ForeignRowError: a row would be another owner's, or point to one.
            UnguardedStatementError: what would run cannot be restricted to the owner's rows.
        """
        compiled: Any = self.compiled
        if type(compiled) is self.guarded_compiler:
            binding, connection = self.binding, self.root_connection
            if binding is not None and (
                binding.root is not connection._transaction
                or binding.nested is not connection._nested_transaction
            ):
                binding.enter(connection)
            written = self.isinsert or self.isupdate or binding is None
            if compiled.unguarded_text or (written and compiled.touches_owned):
                self._check(binding_of(connection) if binding is None else binding, compiled)
        elif compiled is not None or not is_safe(self.unicode_statement):
            self._refuse(
                binding_of(self.root_connection), "driver SQL" if compiled is None else "schema changes"
            )
        if self.plain_pre_exec is not None:
            self.plain_pre_exec()

    def post_exec(self) -> None:
        """Leave no cursor behind that runs anything else, and remember where new rows may be."""
        if self.plain_post_exec is not None:
            self.plain_post_exec()
        cursor = self.cursor
        guarded = GUARDED.get(type(cursor))
        if guarded is not None:
            cursor.__class__ = guarded
        if self.isinsert and not self._is_explicit_returning and self.binding is not None:
            form = self.compiled.write_form
            if form.pointed_to:
                self.binding.remember_insert(self.root_connection, form.table, self)

    def _check(self, binding: Binding | None, compiled: Any) -> None:
        if binding is None or compiled.unguarded_text:
            self._refuse(binding, "text()" if compiled.unguarded_text else "owned rows")
        elif self.isinsert or self.isupdate:
            statement = self.invoked_statement
            statement = getattr(statement, "element", statement)
            form = compiled.write_form
            if form is None:
                form = compiled.write_form = self.guarded_rows.form(statement)
            self.guarded_rows.check(self.root_connection, binding, form, statement, self.given or [{}])

    def _refuse(self, binding: Binding | None, what: str) -> None:
        if binding is None:
            raise OwnerlessAccessError(
                f"{what} outside any request's session: open one by the session manager, or a session under "
                "system_context(reason) for work without a user"
            )
        raise UnguardedStatementError(
            f"{what} cannot be restricted to one owner's rows: write it by select(), insert(), update() or "
            "delete(); shared_text() reads shared tables by text, and system_context() is for schema changes"
        )


def guarded_context(context: type[Any], tables: GuardedTables, compiler: type[Any]) -> type[Any]:
    """Make the guarded form of a dialect's execution context class."""
    members: dict[str, Any] = {
        "guarded_rows": WrittenRows(tables),
        "guarded_compiler": compiler,
        "__module__": __name__,
    }
    members["_init_compiled"] = _remembers_given(context._init_compiled.__func__)
    members["plain_create_cursor"] = context.create_cursor
    for name in ("pre_exec", "post_exec"):
        if getattr(context, name) is not getattr(DefaultExecutionContext, name):  # which does nothing
            members[f"plain_{name}"] = getattr(context, name)
    return type(f"Guarded{context.__name__}", (GuardedContext, context), members)


def _remembers_given(plain: Any) -> Any:
    """Make the form of a context's `_init_compiled` that remembers what the statement was given."""

    def _init_compiled(  # noqa: PLR0917  # SQLAlchemy's own signature
        cls: Any,
        dialect: Any,
        connection: Any,
        raw: Any,
        options: Any,
        compiled: Any,
        given: Any,
        statement: Any,
        extracted: Any,
        cache_hit: Any,
        param_dict: Any,
    ) -> Any:
        context: Any = plain(
            cls,
            dialect,
            connection,
            raw,
            options,
            compiled,
            given,
            statement,
            extracted,
            cache_hit,
            param_dict,
        )
        context.given = given
        return context

    return classmethod(_init_compiled)
