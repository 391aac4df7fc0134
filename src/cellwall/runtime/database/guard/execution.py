"""The guard where statements run: whose connection it is, the owner's value, and what never may run.

Mixed into the dialect's execution context, below all listeners and at no cost for what needs no check.
`_init_compiled` is SQLAlchemy's own; the rest of what is overridden here is meant to be.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine.default import DefaultExecutionContext

from cellwall.runtime.database.guard.binding import Binding, BoundEngine, binding_of
from cellwall.runtime.database.guard.cursors import GUARDED, MAKES, license_cursor
from cellwall.runtime.database.guard.dialect import DialectContext
from cellwall.runtime.database.guard.rows import WrittenRows
from cellwall.runtime.database.guard.safe_statements import is_safe
from cellwall.runtime.database.guard.tables import GuardedTables
from cellwall.runtime.errors import OwnerlessAccessError, UnguardedStatementError


class GuardedContext(DialectContext):
    """What the guard adds to a dialect's execution context."""

    guarded_rows: WrittenRows
    invoked_statement: Any
    given: Any = ()
    binding: Binding | None = None  # whose the statement is, where it touches owned rows

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


def guarded_context(
    context: type[Any], tables: GuardedTables, compiler: type[Any], *, server_side: bool
) -> type[Any]:
    """Make the guarded form of a dialect's execution context class.

    `server_side` tells whether the engine has all rows stay on the server until they are asked for.
    """
    members: dict[str, Any] = {
        "guarded_rows": WrittenRows(tables),
        "_init_compiled": _remembers_given(context._init_compiled.__func__),
        "create_cursor": _gives_owner(context, compiler, server_side),
        "pre_exec": _checks_before(_own(context, "pre_exec"), compiler),
        "post_exec": _checks_after(_own(context, "post_exec")),
        "__module__": __name__,
    }
    return type(f"Guarded{context.__name__}", (GuardedContext, context), members)


# What follows is made for one dialect. As attributes of the class, what it needs would be looked up anew at
# each statement: Python 3.11 remembers where methods and an object's own attributes are, and nothing else.


def _own(context: type[Any], name: str) -> Any:
    """Give what a dialect does at `name` beside what all do, which is nothing; None if it is nothing too."""
    method = getattr(context, name)
    return None if method is getattr(DefaultExecutionContext, name) else method


def _gives_owner(context: type[Any], compiler: type[Any], server_side: bool) -> Any:
    """Make the form of a context's `create_cursor` that gives the statement its owner."""
    plain = context.create_cursor
    ordinary = not server_side and all(
        getattr(context, name) is getattr(DefaultExecutionContext, name)
        for name in ("create_cursor", "create_default_cursor")
    )
    find = MAKES.get

    def create_cursor(self: Any) -> Any:
        """Make a cursor that runs what this context gives it, and give the statement its owner.

        SQLAlchemy asks for the cursor between reading a statement's values and handing them to the driver.
        """
        compiled = self.compiled
        if type(compiled) is compiler and compiled.touches_owned:
            engine = self.root_connection.engine
            if isinstance(engine, BoundEngine):  # `binding_of`, inlined
                self.binding = binding = engine.cellwall_binding
                for values in self.compiled_parameters:
                    for key in compiled.owner_keys:
                        values[key] = binding.value
        if ordinary and "stream_results" not in self.execution_options:
            adapted = self._dbapi_connection.dbapi_connection
            cursor_class = find(type(adapted))
            if cursor_class is not None:  # what SQLAlchemy comes to by four calls
                self._is_server_side = False
                return cursor_class(adapted)
        return license_cursor(plain(self))

    return create_cursor


def _checks_before(plain: Any, compiler: type[Any]) -> Any:
    """Make the form of a context's `pre_exec` that checks the statement before it runs."""

    def pre_exec(self: Any) -> None:
        """Check the statement before it runs.

        Raises:
            OwnerlessAccessError: no session made the connection.
            ForeignRowError: a row would be another owner's, or point to one.
            UnguardedStatementError: what would run cannot be restricted to the owner's rows.
        """
        compiled = self.compiled
        if type(compiled) is compiler:
            binding = self.binding
            if binding is not None:
                connection = self.root_connection
                root, nested = connection._transaction, connection._nested_transaction
                if binding.root is None:  # before the first transaction nothing was read
                    binding.root, binding.nested = root, nested
                elif binding.root is not root or binding.nested is not nested:
                    binding.enter(root, nested)
            written = self.isinsert or self.isupdate or binding is None
            if compiled.unguarded_text or (written and compiled.touches_owned):
                self._check(binding_of(self.root_connection) if binding is None else binding, compiled)
        elif compiled is not None or not is_safe(self.unicode_statement):
            self._refuse(
                binding_of(self.root_connection), "driver SQL" if compiled is None else "schema changes"
            )
        if plain is not None:
            plain(self)

    return pre_exec


def _checks_after(plain: Any) -> Any:
    """Make the form of a context's `post_exec` that leaves no cursor behind that runs anything else."""
    find = GUARDED.get

    def post_exec(self: Any) -> None:
        """Guard the cursor again, and remember where new rows may be."""
        if plain is not None:
            plain(self)
        cursor = self.cursor
        guarded = find(type(cursor))
        if guarded is not None:
            cursor.__class__ = guarded
        if self.isinsert and not self._is_explicit_returning and self.binding is not None:
            form = self.compiled.write_form
            if form.pointed_to:
                self.binding.remember_insert(self.root_connection, form.table, self)

    return post_exec


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
