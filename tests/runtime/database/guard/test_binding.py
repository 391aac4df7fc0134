"""Whose a connection is, and what a transaction knows of own rows."""

import gc
import weakref
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import Session, object_session

from cellwall import RequestSession
from cellwall.runtime.database import Owner
from cellwall.runtime.database.guard.binding import Binding, BoundConnection, binding_of
from cellwall.runtime.database.guard.session import GuardedSession
from cellwall.runtime.errors import ForeignRowError, OwnerlessAccessError


async def test_a_session_s_connections_are_bound(guarded: Any, session: RequestSession) -> None:
    connection = await session.connection()
    binding = binding_of(connection.sync_connection)
    assert isinstance(binding, Binding)
    assert binding.owner == session.owner
    async with guarded.engine.connect() as other:
        assert binding_of(other.sync_connection) is None


async def test_what_is_asked_for_most_is_in_slots(session: RequestSession) -> None:
    """SQLAlchemy writes all of it when it makes a session or a connection: a name of old would stay empty."""
    connection = (await session.connection()).sync_connection
    sync: Any = session.sync_session
    for held, of in ((sync, GuardedSession), (connection, BoundConnection)):
        for name in of.__slots__:
            assert hasattr(held, name), name
        assert vars(held).keys().isdisjoint(of.__slots__)


async def test_listeners_on_all_engines_hear_sessions_too(
    guarded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []

    def hear(connection: Any, cursor: Any, sql: str, *rest: Any) -> None:
        heard.append(sql)

    monkeypatch.setattr(Engine, "_has_events", False)  # what `listen` sets stays set after `remove`
    event.listen(Engine, "before_cursor_execute", hear)
    try:
        async with await guarded.open() as session:
            await session.scalars(select(guarded.Note.text))
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
    assert len(heard) == 1


async def test_sessions_over_the_session_s_engine_have_its_owner(
    guarded: Any, session: RequestSession
) -> None:
    assert session.bind is not None
    async with AsyncSession(session.bind) as nested:
        assert list(await nested.scalars(select(guarded.Note.text))) == ["ada's"]
    note = (await session.scalars(select(guarded.Note))).one()
    assert object_session(note) is session.sync_session

    def inside(sync: Session) -> list[str]:
        with Session(sync.get_bind()) as other:
            return list(other.scalars(select(guarded.Note.text)))

    assert await session.run_sync(inside) == ["ada's"]


async def test_sessions_over_the_application_s_engine_have_none(guarded: Any) -> None:
    async with async_sessionmaker(guarded.engine)() as plain:
        with pytest.raises(OwnerlessAccessError):
            await plain.scalars(select(guarded.Note))
        plain.add(guarded.Note(text="x", user_id="ada"))
        with pytest.raises(OwnerlessAccessError):
            await plain.flush()


async def test_options_of_an_engine_lose_the_owner_and_nothing_else(
    guarded: Any, session: RequestSession
) -> None:
    assert session.bind is not None
    async with session.bind.execution_options(logging_token="x").connect() as connection:
        with pytest.raises(OwnerlessAccessError):
            await connection.execute(select(guarded.Note))


async def test_own_rows_are_known_while_their_transaction_lasts(
    guarded: Any, session: RequestSession
) -> None:
    table = guarded.Folder.__table__
    columns = (table.c.id,)
    binding = session.sync_session.binding  # type: ignore[attr-defined]
    await session.execute(insert(table).values(id=5, name="x"))
    assert binding.knows(table, columns, (5,))
    assert not binding.knows(table, (table.c.user_id,), (5,)), "a key of other columns is another key"
    async with session.begin_nested():
        await session.execute(insert(table).values(id=6, name="x"))
        assert binding.knows(table, columns, (6,))
    assert binding.knows(table, columns, (5,))
    assert not binding.knows(table, columns, (6,)), "a savepoint that has ended is asked again"
    await session.rollback()
    assert not binding.knows(table, columns, (5,))
    await session.get(guarded.Folder, 1)
    await session.flush()


@pytest.mark.parametrize("end", ["commit", "rollback"])
async def test_what_was_read_is_not_known_after_its_connection_ended_the_transaction(
    end: str, guarded: Any, session: RequestSession
) -> None:
    """The session does not hear of it: the row may be gone, and its key another owner's."""
    folder = await session.get(guarded.Folder, 1)
    note = guarded.Note(text="x", folder_id=1)
    session.add(note)
    await session.flush()  # without a question: the folder is known
    connection = await session.connection()
    await getattr(connection, end)()
    async with guarded.admin.begin() as admin:
        await admin.execute(text("DELETE FROM notes"))
        await admin.execute(text("UPDATE folders SET user_id = 'bob' WHERE id = 1"))
    with pytest.raises(ForeignRowError):
        await session.execute(insert(guarded.Note).values(id=9, text="y", folder_id=1))
    assert folder in session and note in session


async def test_what_was_made_is_not_known_after_its_connection_took_it_back(
    guarded: Any, session: RequestSession
) -> None:
    connection = await session.connection()
    inner = await connection.begin_nested()
    folder = guarded.Folder(id=77, name="x")
    session.add(folder)
    await session.flush()
    await inner.rollback()
    with pytest.raises(ForeignRowError):
        await session.execute(insert(guarded.Note).values(id=9, text="x", folder_id=77))
    assert folder in session


def test_a_session_s_engine_has_whatever_engines_have(guarded: Any, session: RequestSession) -> None:
    """It is made attribute by attribute: a version of SQLAlchemy that adds one is noticed here."""
    engine, bound = guarded.engine.sync_engine, session.sync_session.get_bind()
    engine.update_execution_options(logging_token="x")
    names = vars(engine).keys() | vars(bound).keys()
    other = type(bound).over(engine, bound.cellwall_binding)
    assert {name for name in names if getattr(other, name) is not getattr(engine, name, None)} == {
        "cellwall_binding"
    }


async def _change_something(guarded: Any, session: RequestSession) -> None:
    folder = (await session.scalars(select(guarded.Folder))).first()
    session.add(guarded.Note(text="new", folder=folder))
    async with session.begin_nested():
        session.add(guarded.Folder(name="new"))
    await session.flush()
    await session.close()


@pytest.mark.parametrize("owner", [Owner("user", "ada"), Owner.of(None)], ids=["user", "anonymous"])
async def test_a_closed_session_leaves_nothing_for_the_garbage_collector(owner: Owner, guarded: Any) -> None:
    await _change_something(guarded, await guarded.storage.open(owner, "first"))
    gc.collect()
    gc.disable()
    try:
        session = await guarded.storage.open(owner, "request")
        binding = weakref.ref(session.sync_session._home)
        await _change_something(guarded, session)
        del session
        assert binding() is None, "a circle is left, with a connection, its cursors and rows in it"
    finally:
        gc.enable()
