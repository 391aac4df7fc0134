"""Which stores stay open: few, those used last, and always those in use."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from glob import glob
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from cellwall import RequestScopedSessionManager, UserExecutionContext
from cellwall.runtime.database import EmbeddedStorage, Owner, store
from tests.full_collection import collect


def user(number: int) -> UserExecutionContext:
    return UserExecutionContext.create_for_user(f"user-{number}")


async def count(manager: RequestScopedSessionManager, item: Any, number: int) -> int:
    """Count a user's rows in a session of its own."""
    async with manager.session(user(number)) as session:
        return await session.query(item).count()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110  # nothing tells
            await asyncio.sleep(0)


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[EmbeddedStorage]:
    opened = EmbeddedStorage(tmp_path, max_stores=2, max_connections=3)
    yield opened
    await opened.close()


async def test_a_store_in_use_stays_open(storage: EmbeddedStorage, item: Any) -> None:
    manager = RequestScopedSessionManager(storage=storage)
    async with manager.session(user(0)) as session:
        session.add(item(name="not committed yet"))
        await session.flush()
        mine = storage.of(Owner("user", "user-0"))
        for number in range(1, 6):
            async with manager.session(user(number)) as other:
                assert await other.query(item).count() == 0
        assert storage.of(Owner("user", "user-0")) is mine
        await session.commit()
    async with manager.session(user(0)) as session:
        assert await session.query(item).count() == 1


async def test_more_users_at_once_than_connections(storage: EmbeddedStorage, item: Any) -> None:
    manager = RequestScopedSessionManager(storage=storage)

    async def request(number: int) -> int:
        async with manager.session(user(number)) as session:
            session.add(item(name=str(number)))
            await session.commit()
            return await session.query(item).count()

    assert await asyncio.gather(*map(request, range(20))) == [1] * 20
    assert len(storage._stores) <= 2


@pytest.mark.parametrize("waiting", [0, 1])
async def test_who_waits_gets_the_connection_that_a_request_is_done_with(
    tmp_path: Path, item: Any, waiting: int
) -> None:
    manager = RequestScopedSessionManager(storage=EmbeddedStorage(tmp_path, max_connections=1))
    async with manager.session(user(0)) as session:
        session.add(item(name="x"))
        await session.flush()
        other = asyncio.create_task(count(manager, item, waiting))
        await asyncio.sleep(0.01)  # it waits
        assert not other.done()
        await session.commit()
    assert await asyncio.wait_for(other, 10) == (waiting == 0)
    await manager.close()


async def test_a_session_that_rests_holds_no_connection_from_who_wants_one(tmp_path: Path, item: Any) -> None:
    manager = RequestScopedSessionManager(storage=EmbeddedStorage(tmp_path, max_connections=1))

    async with manager.session(user(0)) as session:
        session.add(item(name="x"))
        await session.commit()  # what the request does now, it does without the database
        assert await asyncio.wait_for(count(manager, item, 1), 10) == 0
        assert await asyncio.wait_for(count(manager, item, 2), 10) == 0
        assert await asyncio.wait_for(session.query(item).count(), 10) == 1
    await manager.close()


async def test_a_session_that_waits_for_one_of_its_users_own_is_served_first(
    tmp_path: Path, item: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "BUSY_SECONDS", 60.0)
    most = store.SESSIONS_AT_ONCE
    manager = RequestScopedSessionManager(storage=EmbeddedStorage(tmp_path, max_connections=most))

    async with AsyncExitStack() as others:
        for _ in range(most - 1):
            session = await others.enter_async_context(manager.session(user(0)))
            await session.query(item).count()
        async with manager.session(user(0)) as last:
            await last.query(item).count()
            foreign, own = (
                asyncio.create_task(count(manager, item, 1)),
                asyncio.create_task(count(manager, item, 0)),
            )
            await asyncio.sleep(0.01)  # both wait
        assert await asyncio.wait_for(own, 10) == 0
        assert await asyncio.wait_for(foreign, 10) == 0
    await manager.close()


@pytest.mark.parametrize("kept", [False, True])
async def test_a_connection_that_a_cancelled_statement_took_along_does_not_rest(
    tmp_path: Path, item: Any, kept: bool
) -> None:
    storage = EmbeddedStorage(tmp_path, max_connections=1)
    manager = RequestScopedSessionManager(storage=storage)

    async with manager.session(user(0)) as session:
        connection = await session.connection()
        pool = storage.of(Owner("user", "user-0"))._pool
        pool._asking += kept  # as if one waited for it who then goes
        await connection.invalidate()
        pool._asking -= kept
    assert pool.checkedin() == kept
    assert await asyncio.wait_for(count(manager, item, 1), 10) == 0
    assert await asyncio.wait_for(count(manager, item, 2), 10) == 0
    await manager.close()


async def test_who_has_a_resting_connection_closed_is_in_the_queue_at_once(
    tmp_path: Path, item: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = EmbeddedStorage(tmp_path, max_connections=1)
    manager = RequestScopedSessionManager(storage=storage)
    files = storage._stores._files
    asked: list[bool] = []
    take = files.take

    def noted() -> Any:
        asked.append(True)
        return take()

    monkeypatch.setattr(files, "take", noted)

    async with manager.session(user(0)) as session:
        await session.query(item).count()
        await session.commit()
        pool = storage.of(Owner("user", "user-0"))._pool
        other = asyncio.create_task(count(manager, item, 1))
        await until(lambda: not pool.checkedin())
        assert asked  # what comes free from now on is given to it
        assert await asyncio.wait_for(other, 10) == 0
    await manager.close()


@pytest.mark.parametrize("wanted", [False, True])
async def test_a_user_has_the_place_of_a_connection_while_that_is_being_closed(
    tmp_path: Path, item: Any, wanted: bool
) -> None:
    storage = EmbeddedStorage(tmp_path, max_connections=2)
    manager = RequestScopedSessionManager(storage=storage)
    places: list[int] = []

    async with manager.session(user(0)) as first, manager.session(user(0)) as second:
        await first.query(item).count()
        await second.query(item).count()
        pool = storage.of(Owner("user", "user-0"))._pool
        taken = pool.overflow()
        event.listen(pool, "close", lambda *_: places.append(pool.overflow()))
        others = [asyncio.create_task(count(manager, item, 1))] if wanted else []
        await until(lambda: storage._stores._files.wanted == wanted)
    assert places[0] == taken - 1
    assert await asyncio.wait_for(asyncio.gather(*others), 10) == [0] * wanted
    await manager.close()


async def test_cancelled_requests_give_their_connections_back(storage: EmbeddedStorage, item: Any) -> None:
    manager = RequestScopedSessionManager(storage=storage)

    async def request(number: int) -> None:
        async with manager.session(user(number)) as session:
            session.add(item(name="x"))
            await session.flush()
            await asyncio.sleep(3600)

    for delay in (0, 0, 0.001, 0.003, 0.01):
        tasks = [asyncio.create_task(request(number)) for number in range(6)]
        await asyncio.sleep(delay)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    async with manager.session(user(1)) as session:
        assert await session.query(item).count() == 0
    assert all(not opened.sessions for opened in storage._stores._open.values())


async def test_a_forgotten_session_holds_its_store_no_longer(storage: EmbeddedStorage, item: Any) -> None:
    manager = RequestScopedSessionManager(storage=storage)
    context = user(0)
    session: Any = await manager.create_session(context=context)
    await session.query(item).count()
    mine = storage.of(Owner("user", "user-0"))
    assert mine.sessions == 1
    del session, context
    collect()
    assert mine.sessions == 0


async def test_a_discarded_user_is_gone_and_may_come_again(storage: EmbeddedStorage, item: Any) -> None:
    manager = RequestScopedSessionManager(storage=storage)
    async with manager.session(user(0)) as session:
        session.add(item(name="x"))
        await session.commit()
    path = storage.of(Owner("user", "user-0")).path
    storage.discard(Owner("user", "user-0"))
    assert not glob(f"{path}*")  # noqa: PTH207  # pathlib blocks, says another rule
    async with manager.session(user(0)) as session:
        assert await session.query(item).count() == 0
