"""Sessions see their owner's rows and nothing else."""

import asyncio
import contextlib
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import InvalidRequestError

from cellwall import (
    RequestScopedSessionManager,
    UserExecutionContext,
    cleanup_user_context,
    create_request_session,
)
from cellwall.runtime.database import EmbeddedStorage, Owner, RequestSession
from cellwall.runtime.errors import ContextClosedError, InvalidIdError


async def names(session: Any, item: Any) -> list[str]:
    return [row.name for row in await session.query(item).order_by(item.id).all()]


async def test_rows_stay_with_their_user(
    manager: RequestScopedSessionManager, item: Any, ada: UserExecutionContext, bob: UserExecutionContext
) -> None:
    for context in (ada, bob):
        async with manager.session(context) as session:
            session.add(item(name=f"{context.user_id}'s"))
            await session.commit()
    async with manager.session(ada) as session:
        assert await names(session, item) == ["ada's"]
        await session.execute(update(item).values(name="changed by ada"))
        await session.commit()
    async with manager.session(bob) as session:
        assert await names(session, item) == ["bob's"]
        await session.execute(delete(item))
        await session.commit()
    async with manager.session(UserExecutionContext.create_for_user("ada")) as session:
        assert await names(session, item) == ["changed by ada"]


@pytest.mark.parametrize("road", ["orm", "core", "text", "get", "insert"])
async def test_no_road_leads_to_another_user(
    road: str, manager: RequestScopedSessionManager, item: Any, ada: UserExecutionContext, bob: Any
) -> None:
    async with manager.session(ada) as session:
        session.add(item(id=1, name="ada's secret"))
        await session.commit()
    async with manager.session(bob) as session:
        if road == "insert":
            await session.execute(insert(item.__table__).values(id=1, name="bob's"))
            await session.commit()
        found: dict[str, Any] = {
            "orm": select(item),
            "core": select(item.__table__),
            "insert": select(item.__table__),
        }
        if road == "get":
            assert await session.get(item, 1) is None
        elif road == "text":
            await session.query(item).all()
            assert (await session.execute(text("SELECT * FROM items"))).all() == []
        else:
            assert "ada" not in str((await session.execute(found[road])).all())


async def test_anonymous_requests_are_their_own_owners(
    manager: RequestScopedSessionManager, item: Any, tmp_path: Path
) -> None:
    first = await manager.create_session(request_id="same-id")
    second = await manager.create_session(request_id="same-id")
    assert first is not second
    async with first.begin():
        first.add(item(name="first"))
    async with second.begin():
        second.add(item(name="second"))
    assert await names(first, item) == ["first"]
    assert await names(second, item) == ["second"]
    await first.close()
    await second.close()
    assert list((tmp_path / "rows").iterdir()) == []


async def test_a_user_cannot_pose_as_a_request(manager: RequestScopedSessionManager, item: Any) -> None:
    session = await manager.create_session()
    session.add(item(name="anonymous"))
    await session.commit()
    posing = UserExecutionContext.create_for_user(session.owner.id)
    async with manager.session(posing) as other:
        assert await names(other, item) == []
    await session.close()


async def test_many_users_at_once(manager: RequestScopedSessionManager, item: Any) -> None:
    async def work(number: int) -> list[str]:
        context = UserExecutionContext.create_for_user(f"user-{number}")
        for _ in range(2):
            async with manager.session(context) as session:
                session.add(item(name=f"of {number}"))
                await session.commit()
        async with manager.session(context) as session:
            return await names(session, item)

    results = await asyncio.gather(*map(work, range(12)))
    assert results == [[f"of {number}"] * 2 for number in range(12)]


async def test_two_open_sessions_of_one_user(
    manager: RequestScopedSessionManager, item: Any, ada: UserExecutionContext
) -> None:
    async with manager.session(ada) as first, manager.session(ada) as second:
        first.add(item(name="from the first"))
        await first.commit()
        assert await names(second, item) == ["from the first"]
        assert await names(first, item) == ["from the first"]


async def test_what_is_not_committed_is_forgotten(
    manager: RequestScopedSessionManager, item: Any, ada: UserExecutionContext
) -> None:
    with pytest.raises(ValueError, match="midway"):
        async with manager.session(ada) as session:
            session.add(item(name="x"))
            await session.flush()
            raise ValueError("midway")
    async with manager.session(ada) as session:
        assert await names(session, item) == []


async def test_a_closed_session_is_of_no_use(
    manager: RequestScopedSessionManager, item: Any, ada: UserExecutionContext
) -> None:
    async with manager.session(ada) as session:
        await names(session, item)
    await session.close()
    with pytest.raises(InvalidRequestError):
        await names(session, item)


async def test_the_end_of_the_request_closes_its_sessions(
    manager: RequestScopedSessionManager, item: Any, ada: UserExecutionContext
) -> None:
    session = await manager.create_session(context=ada)
    session.add(item(name="x"))
    await session.flush()
    await cleanup_user_context(ada)
    with pytest.raises(InvalidRequestError):
        await names(session, item)
    with pytest.raises(ContextClosedError):
        await manager.create_session(context=ada)


async def test_closed_sessions_leave_nothing_with_a_long_request(
    manager: RequestScopedSessionManager, ada: UserExecutionContext
) -> None:
    for _ in range(3):
        async with manager.session(ada):
            pass
    assert ada._own_lifetime()._callbacks == {}


async def test_ids(manager: RequestScopedSessionManager, ada: UserExecutionContext) -> None:
    session = await manager.create_session(context=ada)
    assert (session.owner.id, session.info["request_id"]) == ("ada", ada.request_id)
    await session.close()
    with pytest.raises(InvalidIdError):
        await manager.create_session(request_id="default")
    with pytest.raises(AttributeError):
        session.owner = None  # type: ignore[misc,assignment]


async def test_module_level_sessions(item: Any, ada: UserExecutionContext) -> None:
    async with create_request_session() as first, create_request_session() as second:
        assert first is not second
        first.add(item(name="first"))
        second.add(item(name="second"))
        assert await first.query(item).count() == 1
        assert await second.query(item).count() == 1
    async with create_request_session(ada) as session:
        assert session.owner.id == "ada"


async def test_a_cancelled_request_gives_its_connection_back(tmp_path: Path) -> None:
    from sqlalchemy import Column, Integer, MetaData, String, Table
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import AsyncAdaptedQueuePool

    from cellwall.runtime.database import Ownership
    from cellwall.runtime.database.guard import GuardedEngine

    metadata = MetaData()
    table = Table("notes", metadata, Column("id", Integer, primary_key=True), Column("user_id", String))
    url = f"sqlite+aiosqlite:///{tmp_path / 'rows.sqlite3'}"
    engine = create_async_engine(url, poolclass=AsyncAdaptedQueuePool, pool_size=1, max_overflow=0)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    manager = RequestScopedSessionManager(storage=GuardedEngine(engine, Ownership(metadata)))
    for step in range(12):

        async def request() -> None:
            async with manager.session(UserExecutionContext.create_for_user("ada")) as session:
                await session.execute(table.insert())
                await session.execute(select(table))

        task = asyncio.create_task(request())
        for _ in range(step):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        async with manager.session(UserExecutionContext.create_for_user("bob")) as session:
            assert (await session.execute(select(table))).all() == []
    await engine.dispose()
    await _closed_in_their_threads()


async def _closed_in_their_threads() -> None:
    """Wait for connections that are closed in the background.

    Where a second cancellation meets SQLAlchemy closing an aiosqlite connection, the connection's thread is
    stopped twice. The task that asked second is never answered, and the end of the loop would wait for it if
    it came before the first answer.
    """
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join, 10)
    for _ in range(3):
        await asyncio.sleep(0)


async def test_a_context_that_ends_while_a_session_is_opened_leaves_none(tmp_path: Path) -> None:
    context = UserExecutionContext.create_for_user("ada")
    opened: list[RequestSession] = []

    class Slow:
        """A storage that takes its time."""

        async def open(self, owner: Owner, request_id: str) -> RequestSession:
            await cleanup_user_context(context)
            opened.append(await storage.open(owner, request_id))
            return opened[0]

        async def close(self) -> None:
            await storage.close()

    storage = EmbeddedStorage(tmp_path)
    with pytest.raises(ContextClosedError):
        await RequestScopedSessionManager(storage=Slow()).create_session(context=context)
    with pytest.raises(InvalidRequestError, match="closed"):
        await opened[0].execute(text("SELECT 1"))
    await storage.close()
