"""Text inside statements that otherwise look harmless: conditions, hints, operators, custom constructs."""

from typing import Any

from sqlalchemy import (
    String,
    cast,
    literal,
    literal_column,
    or_,
    quoted_name,
    select,
    text,
    true,
    type_coerce,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ColumnElement, FunctionElement
from sqlalchemy.types import UserDefinedType

from attacks.attack import Attacker, attack


@attack()
async def text_or(a: Attacker) -> object:
    """Give a condition whose OR binds weaker than the owner's AND."""
    return (await a.session.scalars(select(a.m.Note).where(text("1=1 OR 1=1")))).all()


@attack()
async def text_closing_parenthesis(a: Attacker) -> object:
    """Close a parenthesis that the wall may have opened."""
    closing = or_(text("1=1) OR (1=1"), a.m.Note.id == -1)
    return (await a.session.scalars(select(a.m.Note).where(a.m.Note.id > 0, closing))).all()


@attack()
async def text_comment(a: Attacker) -> object:
    """Comment away whatever follows."""
    return (await a.session.scalars(select(a.m.Note).where(text("1=1 --")))).all()


@attack()
async def text_or_with_comment(a: Attacker) -> object:
    """Both, on one line."""
    return (await a.session.scalars(select(a.m.Note).where(text("1=1 OR 1=1 --")))).all()


@attack()
async def literal_column_or(a: Attacker) -> object:
    """The same by a literal column."""
    return (await a.session.scalars(select(a.m.Note).where(literal_column("1=1 OR 1=1")))).all()


@attack()
async def literal_column_subquery(a: Attacker) -> object:
    """Ask an own row for a column that is a subquery."""
    body = literal_column("(SELECT min(body) FROM notes)")
    return (await a.session.execute(select(a.m.Folder.id, body))).all()


@attack()
async def select_of_text(a: Attacker) -> object:
    """Build a select of texts only."""
    return (await a.session.execute(select(text("body")).select_from(text("notes")))).all()


@attack()
async def text_in_order(a: Attacker) -> object:
    """Sort by a text that goes on with a union."""
    query = select(a.m.Folder.name).order_by(text("1 LIMIT 0"))
    sorted_by = select(a.m.Note.body).order_by(text("(SELECT min(body) FROM notes)"))
    results = [(await a.session.execute(sorted_by)).all()]
    results.append((await a.session.execute(query)).all())
    return results


@attack()
async def suffix(a: Attacker) -> object:
    """Append a union to the statement."""
    query = select(a.m.Folder.name).suffix_with("UNION ALL SELECT body FROM notes")
    return (await a.session.execute(query)).all()


@attack()
async def prefix(a: Attacker) -> object:
    """Put the read in front of the columns."""
    query = select(a.m.Folder.name).prefix_with("(SELECT min(body) FROM notes) AS loot,")
    return [tuple(row) for row in (await a.session.execute(query)).columns(0).all()]


@attack()
async def statement_hint(a: Attacker) -> object:
    """Append a union as if it were a hint for the planner."""
    query = select(a.m.Folder.name).with_statement_hint("UNION ALL SELECT body FROM notes")
    return (await a.session.execute(query)).all()


@attack()
async def custom_operator(a: Attacker) -> object:
    """Write the OR as an operator of one's own."""
    always = a.m.Note.title.op("IS NOT NULL OR 1=1 OR ''=")("")
    return (await a.session.scalars(select(a.m.Note).where(always))).all()


class Anything(ColumnElement[Any]):
    """An expression that compiles to whatever its author wants."""

    inherit_cache = True
    type = String()


@compiles(Anything)
def _anything(element: Anything, compiler: Any, **options: Any) -> str:
    return "(SELECT min(body) FROM notes)"


@attack()
async def custom_construct(a: Attacker) -> object:
    """Select an expression that compiles to a subquery of text."""
    return (await a.session.execute(select(a.m.Folder.id, Anything()))).all()


class Raw(ColumnElement[Any]):
    """An expression that is any SQL."""

    inherit_cache = False
    type = String()

    def __init__(self, sql: str) -> None:
        self.sql = sql


@compiles(Raw)
def _raw(element: Raw, compiler: Any, **options: Any) -> str:
    return element.sql


async def raw(a: Attacker, sql: str) -> object:
    """Select it beside an own column."""
    return (await a.session.execute(select(a.m.Folder.id, Raw(sql)))).all()


@attack(only="sqlite")
async def table_as_string(a: Attacker) -> object:
    """Write the table's name as a string, which SQLite takes for a name where it needs one."""
    return await raw(a, "(SELECT min(body) FROM 'notes')")


@attack(only="sqlite")
async def table_as_string_in_list(a: Attacker) -> object:
    """The same behind a comma and an alias."""
    return await raw(a, "(SELECT min(body) FROM currencies AS c, 'notes' AS n)")


@attack(only="sqlite")
async def table_as_qualified_string(a: Attacker) -> object:
    """The same with the schema before it."""
    return await raw(a, "(SELECT min(body) FROM main.'notes')")


@attack()
async def table_in_parentheses(a: Attacker) -> object:
    """Put the table's name in parentheses, with a comment between."""
    return await raw(a, "(SELECT min(body) FROM (/* c */ notes CROSS JOIN currencies))")


@attack(only="postgresql")
async def table_in_unicode(a: Attacker) -> object:
    """Write a letter of the table's name by its number."""
    return await raw(a, '(SELECT min(body) FROM U&"\\006eotes")')


@attack(only="postgresql")
async def table_command(a: Attacker) -> object:
    """Read by the command TABLE."""
    return await raw(a, "(SELECT min(t.body) FROM (TABLE notes) AS t)")


@attack(only="postgresql")
async def text_in_a_function(a: Attacker) -> object:
    """Give the read as a text to a function that runs it."""
    text = "SELECT to_tsvector(''simple'', body) FROM notes"
    return await raw(a, f"(SELECT string_agg(word, '-') FROM ts_stat('{text}'))")


@attack(only="postgresql")
async def text_in_a_quoted_function(a: Attacker) -> object:
    """The same with the function's name in quotes and its schema before it."""
    text = "SELECT to_tsvector(''simple'', body) FROM notes"
    return await raw(a, f"(SELECT string_agg(word, '-') FROM pg_catalog . \"ts_stat\" /* c */ ('{text}'))")


class Everything(FunctionElement[Any]):
    """A function that compiles to a condition."""

    inherit_cache = True
    name = "everything"


@compiles(Everything)
def _everything(element: Everything, compiler: Any, **options: Any) -> str:
    return "1=1 OR 1=1"


@attack()
async def custom_function(a: Attacker) -> object:
    """Filter by a function that compiles to an OR."""
    return (await a.session.scalars(select(a.m.Note).where(Everything()))).all()  # type: ignore[arg-type]


class Loot(UserDefinedType[Any]):
    """A type whose name is SQL."""

    cache_ok = True

    def get_col_spec(self, **options: Any) -> str:
        """Close the cast and go on."""
        return "TEXT) || (SELECT min(body) FROM notes"


@attack()
async def type_with_sql(a: Attacker) -> object:
    """Cast to a type whose name is SQL."""
    return (await a.session.execute(select(type_coerce(cast(a.m.Folder.name, Loot()), String)))).all()


class Column(UserDefinedType[Any]):
    """A type that wraps what it selects into SQL."""

    cache_ok = True

    def get_col_spec(self, **options: Any) -> str:
        """Give an ordinary type."""
        return "TEXT"

    def column_expression(self, colexpr: Any) -> Any:
        """Select something else in place of the column."""
        return Anything()


@attack()
async def type_with_column_expression(a: Attacker) -> object:
    """Select an own column by a type that reads another one instead."""
    return (await a.session.execute(select(type_coerce(a.m.Folder.name, Column())))).all()


@attack()
async def join_on_text(a: Attacker) -> object:
    """Join on a text that goes on with another table."""
    query = select(a.m.Folder.id, literal_column("n.body")).join(
        a.m.Currency, text("1=1 CROSS JOIN notes AS n")
    )
    return (await a.session.execute(query)).all()


@attack()
async def group_by_text(a: Attacker) -> object:
    """Group by a text that goes on with a union."""
    query = select(a.m.Folder.name).group_by(text("1 UNION ALL SELECT body FROM notes"))
    return (await a.session.execute(query)).all()


@attack()
async def label_with_sql(a: Attacker) -> object:
    """Use a name that is not quoted as a column's label."""
    name = quoted_name("x UNION ALL SELECT number FROM notes --", False)
    return (await a.session.execute(select(literal(1).label(name)))).all()


@attack()
async def text_in_join_with_true(a: Attacker) -> object:
    """Filter a join by a text."""
    query = select(a.m.Folder.id, a.m.Note.body).join(a.m.Note, true()).where(text("1=1 OR 1=1"))
    return (await a.session.execute(query)).all()


@attack()
async def having_text(a: Attacker) -> object:
    """End the statement with a text after the owner's condition."""
    query = select(a.m.Folder.name).group_by(a.m.Folder.name)
    union = query.having(text("1=1 UNION ALL SELECT body FROM notes"))
    return (await a.session.execute(union)).all()
