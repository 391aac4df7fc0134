"""Sessions that nobody closed give up what they held, without a warning, wherever they are found."""

import asyncio
import subprocess
import sys
import threading
import weakref
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from cellwall import RequestScopedSessionManager, UserExecutionContext
from cellwall.runtime.database.forgotten import finish_when_forgotten
from cellwall.runtime.database.owner import Owner
from cellwall.runtime.database.session import RequestSession
from tests.full_collection import collect

ADA = Owner("user", "ada")


async def begun(engine: Any) -> RequestSession:
    session = RequestSession(engine, ADA, "request-1")
    await session.execute(text("SELECT 1"))
    return session


async def test_its_connection_leaves_the_pool(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    engine = create_async_engine(
        f"sqlite+aiosqlite:///{tmp_path / 'rows'}",
        poolclass=AsyncAdaptedQueuePool,
        pool_size=1,
        max_overflow=0,
        pool_timeout=5,
    )
    for _ in range(3):  # the second would find the pool empty
        session = await begun(engine)
        gone = weakref.ref(session)
        del session
        collect()
        assert gone() is None
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert "request request-1 forgot to close its database session" in caplog.text
    await engine.dispose()


async def test_what_was_not_committed_is_lost(
    manager: RequestScopedSessionManager, item: Any, ada: Any
) -> None:
    session = await manager.create_session(context=UserExecutionContext.create_for_user("ada"))
    session.add(item(name="never committed"))
    await session.flush()
    gone = weakref.ref(session)
    del session
    collect()
    assert gone() is None
    async with manager.session(ada) as session:
        assert await session.query(item).count() == 0


async def test_an_anonymous_file_goes_too(
    manager: RequestScopedSessionManager, item: Any, tmp_path: Path
) -> None:
    session = await manager.create_session()
    async with session.begin():
        session.add(item(name="nobody's"))
    assert await session.query(item).count() == 1
    del session
    collect()
    assert [file for file in (tmp_path / "rows").glob("*.sqlite3*") if file.name.count("-") == 0] == []


async def test_found_in_another_thread_it_is_finished_in_its_loop(tmp_path: Path) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'rows'}")
    cage: list[Any] = [await begun(engine)]
    finished: list[threading.Thread] = []
    cage[0].on_end(lambda: finished.append(threading.current_thread()))
    await asyncio.to_thread(cage.clear)
    await asyncio.sleep(0)
    assert finished == [threading.main_thread()]
    await engine.dispose()


def test_found_after_its_loop_it_is_finished_all_the_same(tmp_path: Path) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'rows'}")
    finished: list[str] = []
    cage = [asyncio.run(begun(engine))]
    cage[0].on_end(lambda: finished.append("yes"))
    cage.clear()
    collect()
    assert finished == ["yes"]


async def test_a_closed_session_finishes_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'rows'}")
    session = await begun(engine)
    calls: list[str] = []
    session.on_end(lambda: calls.append("end"))
    session.on_close(lambda: calls.append("close"))
    await session.close()
    del session
    collect()
    assert calls == ["close", "end"]
    assert caplog.text == ""
    await engine.dispose()


async def test_an_unused_session_is_forgotten_in_silence(caplog: pytest.LogCaptureFixture) -> None:
    engine = create_async_engine("sqlite+aiosqlite://")
    session = RequestSession(engine, ADA, "request-1")
    calls: list[str] = []
    finish_when_forgotten(session, "request-1", [lambda: calls.append("end")])
    del session
    collect()
    assert calls == ["end"]
    assert caplog.text == ""
    await engine.dispose()


def test_at_the_end_of_the_process_it_is_finished_too(tmp_path: Path) -> None:
    script = """
import asyncio, sys
from sqlalchemy.ext.asyncio import create_async_engine
from cellwall.runtime.database import Owner, RequestSession

async def main():
    kept.append(RequestSession(create_async_engine("sqlite+aiosqlite://"), Owner("user", "ada"), "request-1"))
    kept[0].on_end(lambda: print("finished"))

kept = []
asyncio.run(main())
sys.modules["kept"] = kept
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "finished\n"
    assert done.stderr == ""
