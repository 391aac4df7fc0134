"""Changes reach the owner's rows and leave them with the owner; what cannot be restricted is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.mysql import insert as mysql_insert
from sqlalchemy.dialects.sqlite import insert as upsert

from cellwall import RequestSession
from cellwall.runtime.errors import UnguardedStatementError


async def test_changes_of_everything_change_own_rows(guarded: Any, session: RequestSession) -> None:
    await session.execute(update(guarded.Note).values(text="changed"))
    await session.execute(update(guarded.Note.__table__).where(guarded.Note.id == 2).values(text="stolen"))
    await session.commit()
    assert await guarded.seen("SELECT text FROM notes ORDER BY id") == [("changed",), ("bob's",)]
    await session.execute(delete(guarded.Note))
    await session.execute(guarded.Note.__table__.delete().where(guarded.Note.id == 2))
    await session.commit()
    assert await guarded.seen("SELECT text FROM notes") == [("bob's",)]


async def test_returning_gives_own_rows(guarded: Any, session: RequestSession) -> None:
    changed = await session.execute(update(guarded.Note).values(text="x").returning(guarded.Note.id))
    assert changed.all() == [(1,)]
    gone = await session.execute(delete(guarded.Note).returning(guarded.Note.text))
    assert gone.all() == [("x",)]


async def test_an_upsert_leaves_a_foreign_row_alone(guarded: Any, session: RequestSession) -> None:
    row = upsert(guarded.Note).values(text="bob's")
    for conflict in (
        row.on_conflict_do_update(index_elements=["text"], set_={"text": "stolen"}),
        row.on_conflict_do_update(index_elements=["text"], set_={"user_id": row.excluded.user_id}),
        row.on_conflict_do_update(index_elements=["text"], set_={"text": "x"}, where=guarded.Note.id > 0),
        row.on_conflict_do_nothing(),
    ):
        result = await session.execute(conflict.returning(guarded.Note.id, guarded.Note.text))
        assert result.all() == []
    await session.commit()
    assert await guarded.seen("SELECT user_id, text FROM notes WHERE id = 2") == [("bob", "bob's")]


async def test_other_tables_of_a_change_are_restricted(guarded: Any, session: RequestSession) -> None:
    note, folder = guarded.Note, guarded.Folder
    await session.execute(
        update(note).where(folder.id == note.id + 1, folder.name.like("bob%")).values(text=folder.name),
        execution_options={"synchronize_session": False},
    )
    assert list(await session.scalars(select(note.text))) == ["ada's"]


def test_statements_inside_others(guarded: Any, sql_of: Callable[[Any], str]) -> None:
    note = guarded.Note.__table__
    changed = update(note).values(text="x").returning(note.c.id).cte("changed")
    assert sql_of(select(changed.c.id)).count("notes.user_id = ?") == 1
    gone = delete(note).returning(note.c.id).cte("gone")
    assert sql_of(select(gone.c.id)).count("notes.user_id = ?") == 1
    given = update(note).values(user_id="bob").returning(note.c.id).cte("given")
    assert sql_of(select(given.c.id)).count("user_id=?") == 1, "whoever is named, it is the owner's parameter"
    for inside in (
        insert(note).values(text="x").returning(note.c.id).cte("made"),
        update(note).values(folder_id=2).returning(note.c.id).cte("pointed"),
        update(guarded.Currency.__table__).values(code="x").returning(guarded.Currency.code).cte("shared"),
    ):
        with pytest.raises(UnguardedStatementError):
            sql_of(select(inside.c[0]))


async def test_a_replacing_insert_is_refused(guarded: Any, session: RequestSession) -> None:
    for prefix in ("OR REPLACE", "REPLACE", "OR REPLACE INTO notes --"):
        with pytest.raises(UnguardedStatementError, match="cannot be checked"):
            await session.execute(insert(guarded.Note).prefix_with(prefix).values(id=2, text="stolen"))
    await session.execute(insert(guarded.Note).prefix_with("OR IGNORE").values(id=2, text="stolen"))
    await session.commit()
    assert await guarded.seen("SELECT text FROM notes WHERE id = 2") == [("bob's",)]


def test_what_mysql_has_instead_of_conflicts_is_refused(guarded: Any) -> None:
    compiler = type(select(guarded.Note).compile(guarded.engine.sync_engine))
    row = mysql_insert(guarded.Note.__table__).values(text="x").on_duplicate_key_update(text="y")
    with pytest.raises(UnguardedStatementError, match="no WHERE"):
        compiler.visit_on_duplicate_key_update(object.__new__(compiler), row._post_values_clause)


async def test_only_tables_themselves_are_written(guarded: Any, session: RequestSession) -> None:
    alias = guarded.Note.__table__.alias("n")
    with pytest.raises(UnguardedStatementError, match="name the table itself"):
        await session.execute(update(alias).values(text="x"))
