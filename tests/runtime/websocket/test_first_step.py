"""The first step of a coroutine, and what is left of it."""

import asyncio

import pytest

from cellwall.runtime.websocket.first_step import first_step


async def test_without_a_wait_it_is_done() -> None:
    done: list[int] = []

    async def work() -> None:
        done.append(1)

    assert first_step(work()) is True
    assert done == [1]


async def test_the_rest_is_awaited() -> None:
    gate, done = asyncio.Event(), []

    async def work() -> None:
        done.append("begun")
        await gate.wait()
        await asyncio.sleep(0)
        done.append(await asyncio.wait_for(asyncio.sleep(0, "ended"), 5))

    rest = first_step(work())
    assert not isinstance(rest, bool)
    assert done == ["begun"]
    task = asyncio.ensure_future(rest)
    await asyncio.sleep(0)
    gate.set()
    await task
    assert done == ["begun", "ended"]


async def test_errors_come_where_they_happen() -> None:
    async def fail(waits: bool) -> None:
        if waits:
            await asyncio.sleep(0)
        raise OSError

    with pytest.raises(OSError):
        first_step(fail(False))
    rest = first_step(fail(True))
    assert not isinstance(rest, bool)
    with pytest.raises(OSError):
        await rest


async def test_cancelling_the_rest_cancels_the_work() -> None:
    seen: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise

    rest = first_step(work())
    assert not isinstance(rest, bool)
    task = asyncio.ensure_future(rest)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen == ["cancelled"]


async def test_a_rest_that_nobody_awaits_ends_the_work() -> None:
    seen: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            seen.append("ended")

    rest = first_step(work())
    del rest
    assert seen == ["ended"]
