"""The guarded engine as a storage: whose sessions it opens, and what runs outside of them."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, func, insert, select, text, update
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from cellwall.runtime.database import Owner, Ownership
from cellwall.runtime.database.guard import GuardedEngine
from cellwall.runtime.errors import (
    OwnerlessAccessError,
    StoreUnavailableError,
    UnguardedStatementError,
    UnownedTableError,
)


async def test_each_owner_sees_own_rows(guarded: Any) -> None:
    for user in ("ada", "bob", "carol"):
        session = await guarded.open(Owner("user", user))
        found = list(await session.scalars(select(guarded.Note.text)))
        assert found == ([] if user == "carol" else [f"{user}'s"])
        await session.close()


async def test_many_users_at_once_share_what_was_compiled(guarded: Any) -> None:
    async def work(number: int) -> list[str]:
        session = await guarded.open(Owner("user", f"user-{number}"))
        session.add(guarded.Note(text=f"of {number}"))
        await session.commit()
        await asyncio.sleep(0)
        found = list(await session.scalars(select(guarded.Note.text).where(guarded.Note.id > 0)))
        await session.close()
        return found

    assert await asyncio.gather(*map(work, range(12))) == [[f"of {number}"] for number in range(12)]


@pytest.mark.parametrize(
    "statement",
    [
        lambda g: select(g.Note),
        lambda g: select(func.count()).select_from(g.Note.__table__),
        lambda g: update(g.Note.__table__).values(text="x"),
        lambda g: insert(g.Note.__table__).values(text="x", user_id="ada"),
        lambda g: text("SELECT * FROM notes"),
        lambda g: g.Note.metadata.tables["notes"].delete(),
    ],
)
async def test_owned_tables_are_not_reached_outside_sessions(guarded: Any, statement: Any) -> None:
    async with guarded.engine.connect() as connection:
        with pytest.raises(OwnerlessAccessError, match="session manager"):
            await connection.execute(statement(guarded))
        with pytest.raises(OwnerlessAccessError):
            await connection.exec_driver_sql("SELECT * FROM notes")
    async with guarded.engine.begin() as connection:
        with pytest.raises(OwnerlessAccessError):
            await connection.run_sync(guarded.Note.metadata.drop_all)
    assert len(await guarded.seen("SELECT * FROM notes")) == 2


async def test_what_reaches_no_owned_table_runs_outside_sessions(guarded: Any) -> None:
    async with guarded.engine.connect() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar() == 1
        assert (await connection.execute(select(guarded.Currency.code))).scalar() == "EUR"
        async with connection.begin_nested():
            assert (await connection.exec_driver_sql("select 1")).scalar() == 1


async def test_work_for_the_system_sees_everything(guarded: Any) -> None:
    session = await guarded.open(Owner("system", "count all notes"))
    assert await session.scalar(select(func.count(guarded.Note.id))) == 2
    assert (await session.execute(text("SELECT count(*) FROM notes"))).scalar() == 2
    session.add(guarded.Note(text="for bob", user_id="bob"))
    session.add(guarded.Currency(code="USD"))
    await session.commit()
    await session.close()
    session = await guarded.open()
    assert await session.scalar(select(func.count(guarded.Note.id))) == 1, (
        "what the system compiled is not used"
    )
    await session.close()
    assert ("for bob",) in await guarded.seen("SELECT text FROM notes WHERE user_id = 'bob'")


async def test_anonymous_rows_end_with_their_session(guarded: Any) -> None:
    session = await guarded.open(Owner("request", "0" * 32))
    folder = guarded.Folder(name="mine", notes=[guarded.Note(text="mine")])
    session.add(folder)
    await session.commit()
    assert await session.scalar(select(guarded.Note.text)) == "mine"
    await session.close()
    assert [len(await guarded.seen(f"SELECT * FROM {table}")) for table in ("notes", "folders")] == [2, 2]


async def test_an_engine_is_guarded_once(guarded: Any, ownership: Ownership) -> None:
    with pytest.raises(ValueError, match="already"):
        GuardedEngine(guarded.engine, ownership)


async def test_functions_can_be_vouched_for(ownership: Ownership, tmp_path: Any) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'own.sqlite3'}")
    storage = GuardedEngine(engine, ownership, functions=["sqlite_version"])
    session = await storage.open(Owner("user", "ada"), "request")
    assert await session.scalar(select(func.sqlite_version()))
    with pytest.raises(UnguardedStatementError, match="load_extension"):
        await session.scalar(select(func.load_extension("x")))
    await session.close()
    await storage.close()
    await engine.dispose()


@pytest.mark.parametrize("kind", ["system", "user"])
async def test_a_table_without_an_owner_stops_the_work_at_start_too(kind: Any, tmp_path: Any) -> None:
    metadata = MetaData()
    Table("comments", metadata, Column("id", Integer, primary_key=True))
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'own.sqlite3'}")
    with pytest.raises(UnownedTableError, match="no column 'user_id' in comments: add it, or name"):
        await GuardedEngine(engine, Ownership(metadata)).open(Owner(kind, "the tables"), "request")
    await engine.dispose()


async def test_an_empty_pool_is_told(ownership: Ownership, guarded: Any, tmp_path: Any) -> None:
    url = guarded.engine.url
    engine = create_async_engine(
        url, poolclass=AsyncAdaptedQueuePool, pool_size=1, max_overflow=0, pool_timeout=0.01
    )
    storage = GuardedEngine(engine, ownership)
    first, second = [await storage.open(Owner("user", user), "request") for user in ("ada", "bob")]
    await first.scalar(select(guarded.Note.id))
    with pytest.raises(StoreUnavailableError):
        await second.scalar(select(guarded.Note.id))
    await first.close()
    await second.rollback()
    assert await second.scalar(select(guarded.Note.text)) == "bob's"
    await second.close()
    await engine.dispose()


async def test_a_version_that_nobody_tried_is_refused(
    ownership: Ownership, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = create_async_engine("sqlite+aiosqlite://")
    for version in ("2.0.44", "2.2.0", "3.0.0b1"):
        monkeypatch.setattr("sqlalchemy.__version__", version)
        with pytest.raises(RuntimeError, match="tested with SQLAlchemy"):
            GuardedEngine(engine, ownership)
    await engine.dispose()
