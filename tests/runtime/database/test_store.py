"""One owner's store: transactions that hold, files that vanish, and errors of this owner alone."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest
from sqlalchemy import Integer, func, insert, select, text
from sqlalchemy.orm import DeclarativeBase, mapped_column

from cellwall import RequestScopedSessionManager, UserExecutionContext
from cellwall.runtime.database import EmbeddedStorage, Owner, store, walled_connection
from cellwall.runtime.errors import StoreOutdatedError, StoreUnavailableError


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[EmbeddedStorage]:
    opened = EmbeddedStorage(tmp_path / "rows")
    yield opened
    await opened.close()


@pytest.fixture
def manager(storage: EmbeddedStorage) -> RequestScopedSessionManager:
    return RequestScopedSessionManager(storage=storage)


async def count(manager: RequestScopedSessionManager, context: UserExecutionContext, item: Any) -> int:
    async with manager.session(context) as session:
        return await session.query(item).count()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO items (name) VALUES ('x')",
        "  insert into items (name) values ('x')",
        "WITH x AS (SELECT 1) INSERT INTO items (name) SELECT 'x' FROM x",
        "/* a comment */ INSERT INTO items (name) VALUES ('x')",
        "REPLACE INTO items (name) VALUES ('x')",
    ],
)
async def test_a_rollback_takes_every_write_back(
    manager: RequestScopedSessionManager, ada: UserExecutionContext, item: Any, statement: str
) -> None:
    await count(manager, ada, item)
    async with manager.session(ada) as session:
        await session.execute(text(statement))
        await session.rollback()
    async with manager.session(ada) as session:
        await session.execute(text(statement))
    assert await count(manager, ada, item) == 0


async def test_a_released_savepoint_is_not_a_commit(
    manager: RequestScopedSessionManager, ada: UserExecutionContext, item: Any
) -> None:
    async with manager.session(ada) as session:
        async with session.begin_nested():
            session.add(item(name="x"))
        await session.rollback()
        async with session.begin_nested() as nested:
            session.add(item(name="y"))
            await session.flush()
            await nested.rollback()
        session.add(item(name="z"))
        await session.commit()
    async with manager.session(ada) as session:
        assert [row.name for row in await session.query(item).all()] == ["z"]


async def test_who_closes_a_connection_of_a_store_that_stops_does_not_wait_for_ever(
    storage: EmbeddedStorage, manager: RequestScopedSessionManager, ada: UserExecutionContext, item: Any
) -> None:
    async with manager.session(ada) as session:
        await session.query(item).count()
        pooled = await (await session.connection()).get_raw_connection()
        driver: Any = pooled.driver_connection
        closing = asyncio.create_task(driver.close())
        await asyncio.sleep(0)  # it waits for the driver's thread, which is told to end
        storage.of(Owner("user", "ada")).stop()
        await asyncio.wait_for(closing, 10)


async def test_two_writers_of_one_user_take_turns(
    manager: RequestScopedSessionManager, ada: UserExecutionContext, item: Any
) -> None:
    async def write(number: int) -> None:
        async with manager.session(ada) as session:
            await session.query(item).all()  # a reader that turns into a writer
            session.add(item(name=str(number)))
            await session.flush()
            await asyncio.sleep(0)
            await session.commit()

    await asyncio.gather(*map(write, range(6)))
    assert await count(manager, ada, item) == 6


async def test_a_user_who_writes_for_too_long(
    manager: RequestScopedSessionManager,
    ada: UserExecutionContext,
    bob: UserExecutionContext,
    item: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(walled_connection, "BUSY_SECONDS", 0.02)
    await count(manager, ada, item)
    async with manager.session(ada) as first, manager.session(ada) as second:
        first.add(item(name="held"))
        await first.flush()
        second.add(item(name="waits"))
        with pytest.raises(StoreUnavailableError, match="write for too long"):
            await second.commit()
        await first.commit()
        await second.rollback()
        second.add(item(name="again"))
        await second.commit()
    assert await count(manager, ada, item) == 2
    assert await count(manager, bob, item) == 0


async def test_a_user_with_too_many_sessions(
    manager: RequestScopedSessionManager,
    ada: UserExecutionContext,
    bob: UserExecutionContext,
    item: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(store, "BUSY_SECONDS", 0.02)
    sessions = [await manager.create_session(context=ada) for _ in range(store.SESSIONS_AT_ONCE + 1)]
    for session in sessions[:-1]:
        await session.query(item).count()
    with pytest.raises(StoreUnavailableError, match="sessions at work already"):
        await sessions[-1].query(item).count()
    assert await count(manager, bob, item) == 0
    await sessions[0].close()
    assert await sessions[-1].query(item).count() == 0
    for session in sessions:
        await session.close()


async def test_a_full_disk_is_one_users_own(
    manager: RequestScopedSessionManager, ada: UserExecutionContext, bob: UserExecutionContext, item: Any
) -> None:
    await count(manager, ada, item)
    async with manager.session(ada) as session:
        pages = await session.scalar(text("PRAGMA page_count"))
        await session.execute(text(f"PRAGMA max_page_count = {pages}"))
        session.add_all([item(name="x" * 4000) for _ in range(50)])
        with pytest.raises(StoreUnavailableError, match="disk is full"):
            await session.commit()
        await session.rollback()
        assert await session.query(item).count() == 0
    async with manager.session(bob) as session:
        session.add(item(name="x" * 4000))
        await session.commit()
    assert await count(manager, bob, item) == 1


async def test_a_damaged_file_is_one_users_own(
    manager: RequestScopedSessionManager,
    storage: EmbeddedStorage,
    ada: UserExecutionContext,
    bob: UserExecutionContext,
    item: Any,
) -> None:
    storage.of(Owner("user", "ada")).path.write_bytes(b"this was a database once" * 400)
    with pytest.raises(StoreUnavailableError, match=r"no database|damaged"):
        await count(manager, ada, item)
    assert await count(manager, bob, item) == 0


async def test_a_file_taken_away_midway(
    manager: RequestScopedSessionManager,
    storage: EmbeddedStorage,
    ada: UserExecutionContext,
    bob: UserExecutionContext,
    item: Any,
) -> None:
    async with manager.session(ada) as session:
        session.add(item(name="x"))
        await session.commit()
        storage.of(Owner("user", "ada")).path.unlink()
        with pytest.raises(StoreUnavailableError, match="taken away"):
            await session.query(item).count()
    assert await count(manager, bob, item) == 0
    with pytest.raises(StoreUnavailableError, match="its journal"):
        await count(manager, ada, item)
    storage.discard(Owner("user", "ada"))
    assert await count(manager, ada, item) == 0


async def test_a_file_of_which_only_the_journal_is_left_is_not_begun_anew(
    manager: RequestScopedSessionManager, storage: EmbeddedStorage, ada: UserExecutionContext, item: Any
) -> None:
    path = storage.of(Owner("user", "ada")).path
    journal = path.with_name(path.name + "-wal")
    journal.write_bytes(b"rows that were committed")
    with pytest.raises(StoreUnavailableError, match="its journal"):
        await count(manager, ada, item)
    assert journal.read_bytes() == b"rows that were committed"
    assert not path.exists()


async def test_a_folder_that_is_gone(
    manager: RequestScopedSessionManager, ada: UserExecutionContext, item: Any, tmp_path: Path
) -> None:
    rmtree(tmp_path / "rows")
    with pytest.raises(StoreUnavailableError, match="No such file"):
        await count(manager, ada, item)
    assert not (tmp_path / "rows").exists()


async def test_no_file_is_made_through_a_link(
    manager: RequestScopedSessionManager, storage: EmbeddedStorage, ada: UserExecutionContext, item: Any
) -> None:
    path = storage.of(Owner("user", "ada")).path
    path.symlink_to(path.with_name("nowhere"))
    with pytest.raises(StoreUnavailableError):
        await count(manager, ada, item)
    assert not path.with_name("nowhere").exists()


async def test_older_models_are_told_and_an_upgrade_helps(
    manager: RequestScopedSessionManager, storage: EmbeddedStorage, ada: UserExecutionContext, bob: Any
) -> None:
    old, new = models_with(), models_with("color")
    for context in (ada, bob):
        async with manager.session(context) as session:
            session.add(old(id=1))
            await session.commit()
    with pytest.raises(StoreOutdatedError, match=r"'things'.*color.*upgrade"):
        await count(manager, ada, new)
    done = await storage.upgrade(
        lambda connection: connection.execute(text("ALTER TABLE things ADD COLUMN color INTEGER DEFAULT 7"))
    )
    assert done == 2
    for context in (ada, bob):
        async with manager.session(context) as session:
            assert await session.scalar(select(new.color)) == 7
            assert await session.query(old).count() == 1  # a column more is no harm


def models_with(*columns: str) -> Any:
    class Base(DeclarativeBase):
        pass

    members: dict[str, Any] = {name: mapped_column(Integer) for name in columns}
    members["id"] = mapped_column(Integer, primary_key=True)
    return type("Thing", (Base,), {"__tablename__": "things", "__module__": __name__, **members})


async def test_two_schemas_in_one_file(
    manager: RequestScopedSessionManager, ada: UserExecutionContext, item: Any
) -> None:
    thing = models_with()
    async with manager.session(ada) as session:
        session.add(item(name="x"))
        await session.flush()
        session.add(thing(id=1))  # its table is made inside the transaction that is under way
        await session.flush()
        await session.rollback()
        assert await session.query(thing).count() == 0
        session.add(thing(id=1))
        await session.commit()
    assert await count(manager, ada, thing) == 1
    assert await count(manager, ada, item) == 0


async def test_statements_without_a_table_make_a_file_that_later_gets_its_tables(
    manager: RequestScopedSessionManager, ada: UserExecutionContext, item: Any
) -> None:
    async with manager.session(ada) as session:
        assert await session.scalar(select(func.lower("X"))) == "x"
        assert (await (await session.connection()).exec_driver_sql("SELECT 1")).scalar() == 1
        await session.execute(insert(item), [{"name": "x"}, {"name": "y"}])
        await session.commit()
    assert await count(manager, ada, item) == 2


async def test_a_text_may_be_the_first_statement(
    tmp_path: Path, ada: UserExecutionContext, bob: UserExecutionContext, item: Any
) -> None:
    named = EmbeddedStorage(tmp_path / "named", metadata=item.metadata)
    manager = RequestScopedSessionManager(storage=named)
    async with manager.session(bob) as session:
        assert (await session.execute(text("SELECT * FROM items"))).all() == []
    await manager.close()
    manager = RequestScopedSessionManager(tmp_path / "seen")
    await count(manager, ada, item)  # the only tables that this storage has seen
    async with manager.session(bob) as session:
        assert (await session.execute(text("SELECT * FROM items"))).all() == []
    await manager.close()


async def test_what_another_program_holds_open_is_seen(
    manager: RequestScopedSessionManager, storage: EmbeddedStorage, ada: UserExecutionContext, item: Any
) -> None:
    await count(manager, ada, item)
    with sqlite3.connect(storage.of(Owner("user", "ada")).path) as other:
        other.execute("INSERT INTO items (name) VALUES ('from a backup tool')")
    other.close()
    assert await count(manager, ada, item) == 1
