"""Rows that name another owner are refused, whatever the way of writing and of naming."""

from typing import Any

import pytest
from sqlalchemy import bindparam, func, insert, literal, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from cellwall import RequestSession
from cellwall.runtime.errors import ForeignRowError, OwnershipError, UnguardedStatementError

FORGED = {
    "params": lambda g, s: s.execute(insert(g.Note), [{"text": "a", "user_id": "bob"}]),
    "second row": lambda g, s: s.execute(
        insert(g.Note.__table__), [{"text": "a", "user_id": "ada"}, {"text": "b", "user_id": "bob"}]
    ),
    "values": lambda g, s: s.execute(insert(g.Note).values(text="a", user_id="bob")),
    "core values": lambda g, s: s.execute(insert(g.Note.__table__).values(text="a", user_id="bob")),
    "by attribute": lambda g, s: s.execute(insert(g.Folder).values(name="a", owner="bob")),
    "many values": lambda g, s: s.execute(insert(g.Note).values([{"text": "a", "user_id": "bob"}])),
    "row as tuple": lambda g, s: s.execute(insert(g.Note.__table__).values([(7, "bob", "a", None)])),
    "own parameter": lambda g, s: s.execute(
        insert(g.Note.__table__).values(text="a", user_id=bindparam("whose")), {"whose": "bob"}
    ),
    "update": lambda g, s: s.execute(update(g.Note).values(user_id="bob")),
    "update by attribute": lambda g, s: s.execute(update(g.Folder).values(owner="bob")),
    "update by synonym": lambda g, s: s.execute(update(g.Folder).values(whose="bob")),
    "update by column": lambda g, s: s.execute(
        update(g.Folder).values({g.Folder.__table__.c.user_id: "bob"})
    ),
    "ordered": lambda g, s: s.execute(update(g.Note).ordered_values(("text", "x"), ("user_id", "bob"))),
    "core update": lambda g, s: s.execute(update(g.Note.__table__), [{"user_id": "bob"}]),
    "upsert": lambda g, s: s.execute(
        upsert(g.Note)
        .values(text="ada's")
        .on_conflict_do_update(index_elements=["text"], set_={"user_id": "bob"})
    ),
}


@pytest.mark.parametrize("way", sorted(FORGED))
async def test_another_owner(way: str, guarded: Any, session: RequestSession) -> None:
    before = await guarded.seen("SELECT * FROM notes ORDER BY id")
    with pytest.raises(OwnershipError):
        await FORGED[way](guarded, session)
    await session.commit()
    assert await guarded.seen("SELECT * FROM notes ORDER BY id") == before
    assert len(await guarded.seen("SELECT * FROM folders WHERE user_id = 'bob'")) == 1


async def test_an_owner_by_expression(guarded: Any, session: RequestSession) -> None:
    for value in (func.lower("BOB"), literal("bob") + "", select(literal("bob")).scalar_subquery()):
        with pytest.raises(UnguardedStatementError, match="set by the session"):
            await session.execute(insert(guarded.Note).values(text="a", user_id=value))


async def test_nobody_is_the_owner_of_nothing(guarded: Any, session: RequestSession) -> None:
    await session.execute(insert(guarded.Note).values(text="a", user_id=None))
    await session.execute(insert(guarded.Note.__table__), [{"text": "b", "user_id": None}])
    await session.execute(update(guarded.Note.__table__).where(guarded.Note.text == "b").values(user_id=None))
    await session.commit()
    assert len(await guarded.seen("SELECT * FROM notes WHERE user_id = 'ada'")) == 3


async def test_the_own_owner_may_be_named(guarded: Any, session: RequestSession) -> None:
    await session.execute(insert(guarded.Note), [{"text": "a", "user_id": "ada"}])
    await session.execute(update(guarded.Note), [{"id": 1, "user_id": "ada", "text": "b"}])
    await session.commit()
    assert len(await guarded.seen("SELECT * FROM notes WHERE user_id = 'ada'")) == 2


async def test_shared_tables_are_read_only(guarded: Any, session: RequestSession) -> None:
    for statement in (
        insert(guarded.Currency).values(code="XXX"),
        update(guarded.Currency).values(code="XXX"),
        guarded.Currency.__table__.delete(),
    ):
        with pytest.raises(UnguardedStatementError, match="system_context"):
            await session.execute(statement)
    session.add(guarded.Currency(code="XXX"))
    with pytest.raises(UnguardedStatementError):
        await session.flush()


async def test_nothing_is_said_about_whose_a_row_is(guarded: Any, session: RequestSession) -> None:
    with pytest.raises(ForeignRowError) as caught:
        await session.execute(insert(guarded.Note).values(text="a", user_id="bob"))
    assert "bob" not in str(caught.value)
