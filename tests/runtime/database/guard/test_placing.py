"""Where the owner's criterion goes: each place of a table has one, and honest results stay the same."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import exists, func, lateral, select, tablesample, true, union, update
from sqlalchemy.orm import aliased

from cellwall import RequestSession
from cellwall.runtime.errors import UnguardedStatementError

Sql = Callable[[Any], str]
OWN = "= ?"


def test_in_the_where(guarded: Any, sql_of: Sql) -> None:
    note = guarded.Note
    assert sql_of(select(note.id)).endswith("FROM notes WHERE notes.user_id = ?")
    two = sql_of(select(note.id, aliased(note, name="other").id).where(true()))
    assert "notes.user_id = ?" in two and "other.user_id = ?" in two


def test_in_the_on_of_an_outer_join(guarded: Any, sql_of: Sql) -> None:
    sql = sql_of(select(guarded.Folder.name).outerjoin(guarded.Note))
    assert "LEFT OUTER JOIN notes ON notes.user_id = ? AND folders.id = notes.folder_id" in sql
    assert sql.endswith("WHERE folders.user_id = ?")
    inner = select(guarded.Note.id).join(guarded.Folder).subquery()
    nested = sql_of(select(guarded.Folder.name).outerjoin(inner, true()))
    assert nested.count("user_id = ?") == 3


def test_once_for_every_table_that_is_named(guarded: Any, sql_of: Sql) -> None:
    note, folder = guarded.Note, guarded.Folder
    inside = select(note.id).where(note.folder_id == folder.id)
    for statement, places in (
        (select(folder.id).where(inside.exists()), 2),
        (select(folder.id, inside.correlate(folder).scalar_subquery()), 2),
        (union(select(note.id), select(folder.id)), 2),
        (select(select(note).cte("n").c.id), 1),
        (select(folder.id, lateral(inside.correlate(folder)).c.id), 2),
        (select(tablesample(note.__table__, 10, name="s").c.id), 1),
        (update(note).where(note.folder_id == folder.id).values(text="x"), 2),
        (select(func.count()).select_from(note), 1),
        (select(exists().where(note.id == 1)), 1),
        (select(guarded.Currency.code), 0),
    ):
        assert sql_of(statement).count("user_id = ?") == places, statement


def test_brackets_keep_a_condition_in_its_place(guarded: Any, sql_of: Sql) -> None:
    note = guarded.Note
    sneaky = note.id.op("OR", precedence=100)(true())
    assert sql_of(select(note.id).where(sneaky)).endswith("WHERE notes.user_id = ? AND (notes.id OR 1)")
    assert "AND (notes.id = ? OR notes.id = ?)" in sql_of(
        select(note.id).where((note.id == 1) | (note.id == 2))
    )
    assert "user_id = ? AND (" in sql_of(update(note).where(sneaky).values(text="x"))
    assert "ON notes.user_id = ? AND (" in sql_of(select(guarded.Folder.id).outerjoin(note, sneaky))


async def test_a_full_outer_join_is_refused(guarded: Any, session: RequestSession) -> None:
    for statement in (
        select(guarded.Folder.id).join(guarded.Note, full=True),
        select(guarded.Note.id, select(guarded.Folder.id).join(guarded.Note, full=True).subquery().c.id),
    ):
        with pytest.raises(UnguardedStatementError, match="full outer join"):
            await session.execute(statement)
    own = [select(model.id).subquery() for model in (guarded.Folder, guarded.Note)]
    joined = select(own[0].c.id, own[1].c.id).join_from(*own, own[0].c.id == own[1].c.id, full=True)
    assert (await session.execute(joined)).all() == [(1, 1)], "subqueries say what is meant"


def test_sqlalchemy_still_has_what_is_overridden(guarded: Any) -> None:
    (_, *bases) = type(guarded.Note.__table__.select().compile(guarded.engine.sync_engine)).__mro__
    dialect = next(base for base in bases if base.__module__.startswith("sqlalchemy."))
    for name in (
        "_compose_select_body",
        "_generate_delimited_and_list",
        "_generate_prefixes",
        "visit_join",
        "visit_table",
    ):
        assert callable(getattr(dialect, name))
    context = guarded.engine.sync_engine.dialect.execution_ctx_cls
    base = next(base for base in context.__mro__ if base.__module__.startswith("sqlalchemy."))
    for name in ("_init_compiled", "pre_exec", "post_exec", "create_cursor"):
        assert callable(getattr(base, name))
