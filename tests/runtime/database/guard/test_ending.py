"""A request that is cancelled in a statement, and again while its connection is closed, leaves nothing."""

import asyncio
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import create_async_engine

from cellwall.runtime.database import EmbeddedStorage, Owner, Ownership, RequestSession
from cellwall.runtime.database.guard import GuardedEngine
from cellwall.runtime.database.guard.ending import end_once

from .conftest import Base

ADA = Owner("user", "ada")


class Slow:
    """A function of SQLite that goes on until it is let go."""

    def __init__(self) -> None:
        self.begun, self.go_on = Event(), Event()

    def __call__(self) -> int:
        self.begun.set()
        self.go_on.wait(10)
        return 1

    async def has_begun(self) -> None:
        assert await asyncio.to_thread(self.begun.wait, 10)


async def cancelled_twice(session: Any, slow: Slow) -> None:
    """Ask the slow function in a task, cancel that in its statement and while the connection is closed."""
    pooled = (await session.connection()).sync_connection.connection.dbapi_connection
    driver = object.__getattribute__(pooled, "_connection")
    await driver.create_function("slow", 0, slow)

    async def ask() -> None:
        await session.execute(select(func.slow()))

    request = asyncio.create_task(ask())
    await slow.has_begun()
    request.cancel()
    closing: set[asyncio.Task[Any]] = set()
    while not closing:
        await asyncio.sleep(0)
        closing = asyncio.all_tasks() - {request, asyncio.current_task()}  # type: ignore[arg-type]
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    slow.go_on.set()
    done, left = await asyncio.wait(closing, timeout=10)
    assert done and not left
    await asyncio.to_thread(driver._thread.join, 10)
    assert not driver._thread.is_alive()


async def test_nothing_is_left_of_a_guarded_session(tmp_path: Path) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'rows.sqlite3'}")
    storage = GuardedEngine(engine, Ownership(Base.metadata, shared={"currencies"}), functions=["slow"])
    async with await storage.open(ADA, "r") as session:
        await cancelled_twice(session, Slow())
    await engine.dispose()


async def test_nothing_is_left_of_an_embedded_session(tmp_path: Path) -> None:
    storage = EmbeddedStorage(tmp_path)
    session: RequestSession = await storage.open(ADA, "r")
    async with session:
        await cancelled_twice(session, Slow())
    await storage.close()


def test_other_drivers_stay_as_they_are() -> None:
    dialect = postgresql.asyncpg.dialect()
    end_once(dialect)
    assert "do_terminate" not in vars(dialect)
