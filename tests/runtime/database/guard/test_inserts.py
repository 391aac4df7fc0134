"""The owner in new rows, whatever way they are made."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Integer, Table, insert, literal, select
from sqlalchemy.exc import IntegrityError

from cellwall import RequestSession

Sql = Callable[[Any], str]


@pytest.mark.parametrize(
    "row", [{"text": "x"}, [{"text": "x"}], (7, None, "x", None), [(7, None, "x", None)]]
)
async def test_rows_are_stamped(row: Any, guarded: Any, session: RequestSession) -> None:
    await session.execute(insert(guarded.Note.__table__).values(row))
    await session.commit()
    assert await guarded.seen("SELECT user_id FROM notes WHERE text = 'x'") == [("ada",)]


async def test_an_insert_without_values_is_stamped(guarded: Any, session: RequestSession) -> None:
    with pytest.raises(IntegrityError, match="text"):
        await session.execute(insert(guarded.Note))


async def test_selected_rows_are_stamped(guarded: Any, session: RequestSession) -> None:
    note: Table = guarded.Note.__table__
    foreign = select(literal("bob"), literal("x"))
    await session.execute(insert(note).from_select(["user_id", "text"], foreign))
    await session.execute(insert(note).from_select([note.c.text], select(literal("y"))))
    union = select(literal("z")).union(select(literal("a")))
    await session.execute(insert(guarded.Note).from_select(["text"], union))
    await session.commit()
    assert len(await guarded.seen("SELECT text FROM notes WHERE user_id = 'ada'")) == 5


def test_one_parameter_for_every_row(guarded: Any, sql_of: Sql) -> None:
    sql = sql_of(insert(guarded.Note.__table__).values([{"text": "a"}, {"text": "b", "user_id": "bob"}]))
    assert sql == "INSERT INTO notes (user_id, text) VALUES (?, ?), (?, ?)"
    folder = insert(guarded.Folder).values(owner="bob", name="x")
    assert sql_of(folder) == "INSERT INTO folders (user_id, name) VALUES (?, ?)"


async def test_defaults_do_not_stand_in_for_the_owner(tmp_path: Any) -> None:
    from sqlalchemy import Column, MetaData, String
    from sqlalchemy.ext.asyncio import create_async_engine

    from cellwall.runtime.database import Owner, Ownership
    from cellwall.runtime.database.guard import GuardedEngine

    metadata = MetaData()
    table = Table(
        "things",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("user_id", String, default="bob", onupdate="bob", server_default="bob"),
    )
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'rows.sqlite3'}")
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    session = await GuardedEngine(engine, Ownership(metadata)).open(Owner("user", "ada"), "request")
    await session.execute(insert(table))
    await session.execute(insert(table), [{"id": 5}, {"id": 6}])
    await session.execute(table.update().values(id=7).where(table.c.id == 6))
    found = (await session.execute(select(table).order_by(table.c.id))).all()
    assert [owner for _, owner in found] == ["ada"] * 3
    await session.close()
    await engine.dispose()
