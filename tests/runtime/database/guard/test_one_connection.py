"""Two sessions on an engine's one connection are told once; one after the other, and on a file, none is."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from cellwall.runtime.database import Ownership
from cellwall.runtime.database.guard import GuardedEngine
from tests.runtime.database.guard.conftest import ADA, BOB, Base


async def told(url: str, caplog: pytest.LogCaptureFixture, *, at_once: bool) -> int:
    """Let two users' sessions work twice, and count what is told."""
    engine = create_async_engine(url)
    storage = GuardedEngine(engine, Ownership(Base.metadata, shared={"currencies"}))
    caplog.clear()
    for _ in range(2):
        first, second = await storage.open(ADA, "1"), await storage.open(BOB, "2")
        await first.execute(text("SELECT 1"))
        if not at_once:
            await first.close()
        await second.execute(text("SELECT 1"))
        await first.close()
        await second.close()
    await engine.dispose()
    return sum("has one connection (StaticPool" in record.getMessage() for record in caplog.records)


async def test_two_sessions_on_one_connection_are_told_once(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    assert await told("sqlite+aiosqlite:///:memory:", caplog, at_once=True) == 1
    assert await told("sqlite+aiosqlite:///:memory:", caplog, at_once=False) == 0
    assert await told(f"sqlite+aiosqlite:///{tmp_path}/notes", caplog, at_once=True) == 0


async def test_a_connection_that_could_not_be_made_is_not_held(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = create_async_engine("sqlite+aiosqlite:///:memory:")
    storage = GuardedEngine(engine, Ownership(Base.metadata, shared={"currencies"}))
    with monkeypatch.context() as patched:
        patched.setattr(engine.sync_engine.dialect, "connect", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await (await storage.open(ADA, "1")).execute(text("SELECT 1"))
    for owner in (ADA, BOB):
        async with await storage.open(owner, "2") as session:
            await session.execute(text("SELECT 1"))
    await engine.dispose()
    assert "has one connection" not in caplog.text
