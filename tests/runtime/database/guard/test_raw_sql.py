"""Text in statements, wherever SQLAlchemy takes it."""

from typing import Any

import pytest
from sqlalchemy import Select, extract, func, literal_column, select, text, type_coerce
from sqlalchemy import cast as sql_cast
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import UserDefinedType

from cellwall import RequestSession
from cellwall.runtime.errors import UnguardedStatementError


class Stolen(UserDefinedType[Any]):
    """A type whose name is a query."""

    cache_ok = True

    def get_col_spec(self, **options: Any) -> str:
        return "TEXT) FROM notes UNION SELECT (text"


class Sneaky(ColumnElement[Any]):
    """An expression that compiles to a query."""

    inherit_cache = True


@compiles(Sneaky)
def _sneaky(element: Sneaky, compiler: Any, **options: Any) -> str:
    return "(SELECT max(text) FROM notes)"


class Honest(ColumnElement[Any]):
    """An expression of the application's own that reads nothing."""

    inherit_cache = True


@compiles(Honest)
def _honest(element: Honest, compiler: Any, **options: Any) -> str:
    return "(1 + 1)"


REFUSED = {
    "text": lambda g: text("SELECT text FROM notes"),
    "columns": lambda g: text("SELECT text FROM notes").columns(g.Note.text),
    "entity": lambda g: select(g.Note).from_statement(text("SELECT * FROM notes")),
    "column": lambda g: select(text("(SELECT text FROM notes)")),
    "from": lambda g: select(literal_column("text")).select_from(text("notes")),
    "literal": lambda g: select(literal_column("(SELECT text FROM notes)")),
    "where": lambda g: select(g.Note).where(text("1=1 OR 1=1")),
    "order": lambda g: select(g.Note).order_by(text("(SELECT text FROM notes)")),
    "group": lambda g: select(g.Note.id).group_by(text("1 UNION SELECT text FROM notes")),
    "having": lambda g: select(g.Note.id).group_by(g.Note.id).having(text("1 UNION SELECT text FROM notes")),
    "on": lambda g: select(g.Note).join(g.Folder, text("1=1")),
    "prefix": lambda g: select(g.Note.id).prefix_with("(SELECT text FROM notes),"),
    "suffix": lambda g: select(literal_column("text")).suffix_with("FROM").suffix_with("notes"),
    "hint": lambda g: select(g.Note.id).with_statement_hint("UNION SELECT text FROM notes"),
    "operator": lambda g: select(literal_column("text").op("FROM")(literal_column("notes"))),
    "unary": lambda g: select(g.Note.text.op("IS NULL UNION SELECT text FROM notes WHERE text")("x")),
    "function": lambda g: select(func.query_to_xml("SELECT * FROM notes", True, False, "")),
    "field": lambda g: select(extract("year FROM CURRENT_DATE), (SELECT text FROM notes), (1", g.Note.id)),
    "type": lambda g: select(sql_cast(g.Note.text, Stolen())),
    "construct": lambda g: select(Sneaky()),
    "construct in where": lambda g: select(g.Currency.code).where(Sneaky() == "x"),
    "coerced": lambda g: select(type_coerce(Sneaky(), Stolen())),
}


@pytest.mark.parametrize("way", sorted(REFUSED))
async def test_refused(way: str, guarded: Any, session: RequestSession) -> None:
    with pytest.raises(UnguardedStatementError):
        await session.execute(REFUSED[way](guarded))


async def test_what_holds_no_query_passes(guarded: Any, session: RequestSession) -> None:
    note = guarded.Note
    passing: list[Select[Any]] = [
        select(literal_column("1")),
        select(text("1")),
        select(note.id).order_by(text("id desc")),
        select(note.text.op("||")("!")),
        select(note.text.op("LIKE")("a%")),
        select(Honest()),
        select(note.id).prefix_with("DISTINCT"),
        select(func.coalesce(note.folder_id, 0)),
        select(func.count()).select_from(note),
        select(note.id.bool_op("and")(note.id)),
    ]
    for statement in passing:
        assert len((await session.execute(statement)).all()) == 1, statement


async def test_the_session_s_own_pings_pass(session: RequestSession) -> None:
    assert await session.scalar(text("SELECT 1")) == 1
    connection = await session.connection()
    assert (await connection.exec_driver_sql("SELECT 1")).scalar() == 1
