"""Worker threads' jobs as steps."""

import asyncio
import contextvars
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import aiosqlite
import anyio
import anyio.to_thread
import pytest

from cellwall.explore import Cancellation, Run, Schedule, explore, run_once


def test_an_executors_job_runs_in_the_loops_thread() -> None:
    async def scenario(run: Run) -> list[int]:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1) as pool:
            return [
                await loop.run_in_executor(None, threading.get_ident),
                await loop.run_in_executor(pool, threading.get_ident),
                await asyncio.to_thread(threading.get_ident),
                await anyio.to_thread.run_sync(threading.get_ident),
            ]

    outcome = run_once(scenario)
    assert outcome.result == [threading.get_ident()] * 4
    assert outcome.uncontrolled == ()


def test_a_jobs_exception_reaches_who_waits() -> None:
    async def scenario(run: Run) -> None:
        with pytest.raises(ZeroDivisionError):
            await asyncio.to_thread(lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await anyio.to_thread.run_sync(lambda: 1 / 0)

    assert run_once(scenario).failure is None


def test_a_job_sees_the_variables_that_a_thread_would_see() -> None:
    variable = contextvars.ContextVar("variable", default="none")

    async def scenario(run: Run) -> list[str]:
        variable.set("caller")
        loop = asyncio.get_running_loop()
        return [
            await loop.run_in_executor(None, variable.get),
            await asyncio.to_thread(variable.get),
            await anyio.to_thread.run_sync(variable.get),
        ]

    assert run_once(scenario).result == ["none", "caller", "caller"]


def test_a_job_goes_on_when_who_waits_is_cancelled() -> None:
    done: list[str] = []

    async def scenario(run: Run) -> None:
        run.begin()
        run.handler("alice", asyncio.to_thread(done.append, "job"))
        await run.all()
        await asyncio.sleep(1)

    assert run_once(scenario, Schedule(cancellations=(Cancellation("alice", 1),))).failure is None
    assert done == ["job"]


def test_two_jobs_change_places() -> None:
    async def scenario(run: Run) -> None:
        order: list[str] = []
        run.begin()
        for name in ("alice", "bob"):
            run.handler(name, asyncio.to_thread(order.append, name))
        await run.all()
        assert order == ["alice", "bob"]

    [failure] = explore(scenario, schedules=100, cancel=False).failures
    assert failure.schedule.size == 1


def test_anyios_limiter_is_obeyed() -> None:
    async def scenario(run: Run) -> None:
        limiter = anyio.CapacityLimiter(1)
        most = 0

        def job() -> None:
            nonlocal most
            most = max(most, int(limiter.borrowed_tokens))

        run.begin()
        for name in "abc":
            run.handler(name, anyio.to_thread.run_sync(job, limiter=limiter))
        await run.all()
        assert most == 1

    found = explore(scenario, schedules=60, cancel=False)
    assert found.clean
    assert any("anyio" in sentence for sentence in found.certificate.not_covered)


def test_aiosqlite_needs_no_thread_and_repeats(tmp_path: Path) -> None:
    async def scenario(run: Run) -> list[str]:
        async with aiosqlite.connect(":memory:") as shared:
            await shared.execute("create table note (owner text, text text)")

            async def handler(user: str) -> str:
                await shared.execute("insert into note values (?, ?)", (user, f"note of {user}"))
                rows = await shared.execute_fetchall("select text from note where owner = ?", (user,))
                assert list(rows) == [(f"note of {user}",)]
                return user

            run.begin()
            for user in ("alice", "bob"):
                run.handler(user, handler(user))
            return sorted(await run.all())

    before = threading.active_count()
    hashes = {run_once(scenario).trace_hash for _ in range(5)}
    assert len(hashes) == 1
    assert threading.active_count() == before
    found = explore(scenario, schedules=60)
    assert found.clean
    assert not any("not controlled" in sentence for sentence in found.certificate.not_covered)


def test_the_libraries_are_as_before_after_a_run() -> None:
    anyio_before = anyio.to_thread.run_sync
    begin = aiosqlite.Connection.__init__
    run_once(lambda run: asyncio.sleep(0))
    assert anyio.to_thread.run_sync is anyio_before
    assert aiosqlite.Connection.__init__ is begin

    async def outside() -> tuple[int, int]:
        async with aiosqlite.connect(":memory:") as connection:
            await connection.execute("select 1")
        return threading.get_ident(), await anyio.to_thread.run_sync(threading.get_ident)

    ours, workers = asyncio.run(outside())
    assert ours != workers
