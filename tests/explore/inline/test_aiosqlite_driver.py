"""aiosqlite's statements as steps: one by one, and another connection's lock is waited for on the clock."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from cellwall.explore import Run, explore, run_once

aiosqlite = pytest.importorskip("aiosqlite")


def two_writers(path: Path, *, timeout: float, held: float) -> Any:
    """Give a scenario in which each of two connections keeps its transaction open for a while (s)."""

    async def write(name: str) -> None:
        async with aiosqlite.connect(path, timeout=timeout) as connection:
            await connection.execute("BEGIN IMMEDIATE")
            await connection.execute("INSERT INTO notes VALUES (?)", (name,))
            await asyncio.sleep(held)
            await connection.commit()

    async def scenario(run: Run) -> list[str]:
        path.unlink(missing_ok=True)  # noqa: ASYNC240  # nothing else runs then
        with sqlite3.connect(path) as made:
            made.execute("CREATE TABLE notes (owner TEXT)")
        made.close()
        run.handler("alice", write("alice"))
        run.handler("bob", write("bob"))
        run.begin()
        await run.all()
        with sqlite3.connect(path) as read:
            rows = [owner for (owner,) in read.execute("SELECT owner FROM notes")]
        read.close()
        return rows

    return scenario


def test_a_lock_is_waited_for(tmp_path: Path) -> None:
    outcome = run_once(two_writers(tmp_path / "a.db", timeout=5, held=1))
    assert outcome.failure is None
    assert outcome.result == ["alice", "bob"], "each row once"


def test_patience_ends_on_the_loops_clock(tmp_path: Path) -> None:
    outcome = run_once(two_writers(tmp_path / "a.db", timeout=1, held=3))
    assert isinstance(outcome.error, sqlite3.OperationalError)
    assert "locked" in str(outcome.error)


def test_two_writers_never_fail_each_other(tmp_path: Path) -> None:
    found = explore(two_writers(tmp_path / "a.db", timeout=5, held=0.1), schedules=150)
    assert found.clean, [failure.message for failure in found.failures]


def test_statements_of_one_connection_keep_their_order(tmp_path: Path) -> None:
    async def scenario(run: Run) -> list[int]:
        run.begin()
        async with aiosqlite.connect(tmp_path / "b.db") as connection:
            await connection.execute("CREATE TABLE IF NOT EXISTS n (i INTEGER)")
            await connection.execute("DELETE FROM n")
            await asyncio.gather(*(connection.execute("INSERT INTO n VALUES (?)", (i,)) for i in range(5)))
            rows = await connection.execute_fetchall("SELECT i FROM n ORDER BY rowid")
            return [i for (i,) in rows]

    assert run_once(scenario).result == [0, 1, 2, 3, 4]


def test_a_script_is_not_begun_twice(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE notes (owner TEXT)")
    made.close()

    async def scenario(run: Run) -> None:
        run.begin()
        async with aiosqlite.connect(path) as holder, aiosqlite.connect(path) as other:
            await holder.execute("BEGIN IMMEDIATE")
            await other.executescript("SELECT 1; INSERT INTO notes VALUES ('x')")

    assert isinstance(run_once(scenario).error, sqlite3.OperationalError)


def test_a_lock_that_only_garbage_holds_is_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "d.db"
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE notes (owner TEXT)")
        made.executemany("INSERT INTO notes VALUES (?)", [(str(number),) for number in range(9)])
    made.close()

    async def scenario(run: Run) -> None:
        run.begin()
        async with aiosqlite.connect(path) as reader, aiosqlite.connect(path, timeout=1) as writer:
            held: list[object] = [await reader.execute("SELECT owner FROM notes")]
            held.append(held)  # as a cancelled statement's cursor is held by its own traceback
            del held
            await writer.execute("DELETE FROM notes")
            await writer.commit()

    assert run_once(scenario).failure is None
