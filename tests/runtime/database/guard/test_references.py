"""Where rows point to: own rows, whatever way the number came; and how few questions that takes."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event, insert, literal, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from cellwall import RequestSession
from cellwall.runtime.errors import ForeignRowError, UnguardedStatementError


@pytest.fixture
def questions(guarded: Any) -> Iterator[list[str]]:
    """The SQL that reaches the driver."""
    seen: list[str] = []

    def watch(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    event.listen(guarded.engine.sync_engine, "before_cursor_execute", watch)
    yield seen
    event.remove(guarded.engine.sync_engine, "before_cursor_execute", watch)


ROADS = {
    "object": lambda g, s, n: s.add(g.Note(text="new", folder_id=n)),
    "insert": lambda g, s, n: s.execute(insert(g.Note).values(text="new", folder_id=n)),
    "core": lambda g, s, n: s.execute(insert(g.Note.__table__).values(text="new", folder_id=n)),
    "many": lambda g, s, n: s.execute(
        insert(g.Note), [{"text": "a", "folder_id": 1}, {"text": "b", "folder_id": n}]
    ),
    "values": lambda g, s, n: s.execute(
        insert(g.Note).values([{"text": "a", "folder_id": n}, {"text": "b", "folder_id": None}])
    ),
    "update": lambda g, s, n: s.execute(update(g.Note).values(folder_id=n)),
    "core update": lambda g, s, n: s.execute(update(g.Note.__table__).values(folder_id=n)),
    "update by key": lambda g, s, n: s.execute(update(g.Note), [{"id": 1, "folder_id": n}]),
    "upsert": lambda g, s, n: s.execute(
        upsert(g.Note)
        .values(text="ada's")
        .on_conflict_do_update(index_elements=["text"], set_={"folder_id": n})
    ),
    "itself": lambda g, s, n: s.execute(update(g.Folder).values(parent_id=n)),
}


@pytest.mark.parametrize("road", sorted(ROADS))
async def test_roads(road: str, guarded: Any, session: RequestSession) -> None:
    for number in (2, 4711):
        with pytest.raises(ForeignRowError, match="not there for this owner"):
            done = ROADS[road](guarded, session, number)
            await (session.flush() if done is None else done)
        await session.rollback()
    done = ROADS[road](guarded, session, 1)
    await (session.flush() if done is None else done)
    await session.commit()
    pointing = (
        "SELECT 1 FROM notes JOIN folders ON folders.id = folder_id WHERE notes.user_id != folders.user_id"
    )
    assert await guarded.seen(pointing) == []


async def test_selected_rows_that_point_across_are_left_out(guarded: Any, session: RequestSession) -> None:
    for number in (1, 2, None):
        source = select(literal(f"copy {number}"), literal(number, guarded.Note.folder_id.type))
        await session.execute(insert(guarded.Note).from_select(["text", "folder_id"], source))
    found = list(await session.scalars(select(guarded.Note.text).order_by(guarded.Note.text)))
    assert found == ["ada's", "copy 1", "copy None"]


async def test_expressions(guarded: Any, session: RequestSession) -> None:
    for bad in (guarded.Note.folder_id + 1, select(literal(2)).scalar_subquery(), guarded.Note.id):
        with pytest.raises(UnguardedStatementError, match="scalar subquery"):
            await session.execute(update(guarded.Note).values(folder_id=bad))
    own = select(guarded.Folder.id).where(guarded.Folder.name == "ada's").scalar_subquery()
    await session.execute(update(guarded.Note).values(folder_id=own))
    await session.execute(update(guarded.Note).values(folder_id=guarded.Note.folder_id))
    assert list(await session.scalars(select(guarded.Note.folder_id))) == [1]


async def test_known_rows_are_not_asked_for(
    guarded: Any, questions: list[str], session: RequestSession
) -> None:
    folder = await session.get(guarded.Folder, 1)
    session.add(guarded.Note(text="by object", folder=folder))
    session.add(guarded.Folder(name="new", notes=[guarded.Note(text="in new")]))
    await session.flush()
    assert len([sql for sql in questions if sql.startswith("SELECT")]) == 1, "the folder that was read"


async def test_a_savepoint_s_rows_are_not_known_after_it(guarded: Any, session: RequestSession) -> None:
    async with session.begin_nested() as savepoint:
        await session.execute(insert(guarded.Folder.__table__).values(id=9, name="gone"))
        await savepoint.rollback()
    with pytest.raises(ForeignRowError):
        await session.execute(insert(guarded.Note.__table__).values(text="x", folder_id=9))


async def test_a_row_that_was_not_made_is_not_known(guarded: Any, session: RequestSession) -> None:
    ignored = upsert(guarded.Folder.__table__).values(id=2, name="x").on_conflict_do_nothing()
    await session.execute(ignored)
    with pytest.raises(ForeignRowError):
        await session.execute(insert(guarded.Note.__table__).values(text="x", folder_id=2))


async def test_keys_that_take_the_owner_along_are_the_database_s(
    guarded: Any, questions: list[str], session: RequestSession
) -> None:
    session.add(guarded.Pin(folder_id=2))
    await session.flush()
    assert len(questions) == 1, "nothing was asked"
    across = "SELECT 1 FROM pins JOIN folders ON (pins.user_id, folder_id) = (folders.user_id, folders.id)"
    await session.commit()
    assert await guarded.seen(across) == []
