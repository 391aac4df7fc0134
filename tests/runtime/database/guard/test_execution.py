"""What runs: the owner's value in it, and what never may."""

from typing import Any

import pytest
from sqlalchemy import CreateTable, bindparam, event, select, update
from sqlalchemy.util import greenlet_spawn

from cellwall import RequestSession
from cellwall.runtime.database import Owner
from cellwall.runtime.errors import UnguardedStatementError


async def test_the_owner_s_parameter_cannot_be_given(guarded: Any, session: RequestSession) -> None:
    note = guarded.Note
    for statement in (
        select(note.text),
        select(note.text).where(note.id > 0),
        select(note.text).where(note.user_id == bindparam("cellwall_owner")),
    ):
        found = await session.execute(statement, {"cellwall_owner": "bob"})
        assert found.all() == [("ada's",)]
    given = update(note.__table__).where(note.id == bindparam("key")).values(text="x")
    await session.execute(given, [{"key": key, "cellwall_owner": "bob"} for key in (1, 2)])
    await session.commit()
    assert await guarded.seen("SELECT text FROM notes WHERE id = 2") == [("bob's",)]


async def test_schema_changes_are_not_for_requests(guarded: Any, session: RequestSession) -> None:
    connection = await session.connection()
    with pytest.raises(UnguardedStatementError, match="system_context"):
        await connection.execute(CreateTable(guarded.Note.__table__, if_not_exists=True))
    with pytest.raises(UnguardedStatementError):
        await connection.run_sync(lambda sync: guarded.Note.__table__.drop(sync, checkfirst=False))
    assert len(await guarded.seen("SELECT * FROM notes")) == 2


async def test_what_was_compiled_elsewhere_is_refused(guarded: Any, session: RequestSession) -> None:
    cache: dict[Any, Any] = {}
    options = {"compiled_cache": cache}
    await session.execute(select(guarded.Note.text), execution_options=options)
    ((key, _),) = cache.items()
    cache[key] = select(guarded.Note.text).compile(guarded.admin.sync_engine)
    with pytest.raises(UnguardedStatementError):
        await session.execute(select(guarded.Note.text), execution_options=options)


async def test_a_cache_of_one_s_own_changes_nothing(guarded: Any, session: RequestSession) -> None:
    cache: dict[Any, Any] = {}
    for options in (
        {"compiled_cache": cache},
        {"compiled_cache": None},
        {"schema_translate_map": {None: "main"}},
    ):
        found = await session.execute(select(guarded.Note.text), execution_options=options)
        assert found.all() == [("ada's",)]
    assert all(compiled.touches_owned for compiled in cache.values())


async def test_execution_options_switch_nothing_off(guarded: Any, session: RequestSession) -> None:
    options = {"cellwall_binding": None, "cellwall_owner": "bob", "include_all": True, "skip_guard": True}
    statement = select(guarded.Note.text).execution_options(**options)
    connection = await session.connection(execution_options=options)
    assert (await connection.execute(statement)).all() == [("ada's",)]
    assert list(await session.scalars(statement, execution_options=options)) == ["ada's"]


async def test_listeners_of_the_application_keep_working(guarded: Any) -> None:
    @event.listens_for(guarded.engine.sync_engine, "before_cursor_execute", retval=True)
    def comment(connection: Any, cursor: Any, sql: str, parameters: Any, *rest: Any) -> tuple[str, Any]:
        return f"{sql} /* request 7 */", parameters

    session = await guarded.open()
    assert list(await session.scalars(select(guarded.Note.text))) == ["ada's"]
    await session.close()


async def test_a_cursor_is_the_one_that_the_statement_asks_for(guarded: Any) -> None:
    """Ordinary ones are made by a short way, and those whose rows stay on the server as SQLAlchemy does."""
    running: list[str] = []

    def note(connection: Any, cursor: Any, *rest: Any) -> None:
        running.append(type(cursor).__name__)

    event.listen(guarded.engine.sync_engine, "before_cursor_execute", note)
    session = await guarded.open()
    connection = await session.connection()
    await connection.execute(select(guarded.Note.id))
    streamed = await connection.stream(select(guarded.Note.id))
    assert [row.id async for row in streamed] == [1]
    assert running == ["AsyncAdapt_aiosqlite_cursor", "AsyncAdapt_aiosqlite_ss_cursor"]
    left = await greenlet_spawn(lambda: connection.sync_connection.execute(select(guarded.Note.id)).cursor)
    assert type(left).__name__ == "GuardedAsyncAdapt_aiosqlite_cursor"
    await session.close()


async def test_the_owner_s_value_is_what_the_ownership_says(guarded: Any, session: RequestSession) -> None:
    class Odd(str):
        __slots__ = ()

        def __str__(self) -> str:
            return "ada"

    assert (await session.scalars(select(guarded.Note.user_id))).all() == ["ada"]
    async with await guarded.storage.open(Owner("user", Odd("bob")), "other") as other:
        assert (await other.scalars(select(guarded.Note.user_id))).all() == ["ada"]
