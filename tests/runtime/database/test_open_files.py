"""A bound on what is open: in order, in time, and given back whatever happens to who waits."""

import asyncio
import threading

import pytest

from cellwall.runtime.database.open_files import OpenFiles
from cellwall.runtime.errors import StoreUnavailableError


async def test_who_waits_longest_is_next() -> None:
    files = OpenFiles(1, seconds=10)
    assert files.try_take() and not files.try_take()
    order: list[int] = []

    async def work(number: int) -> None:
        await files.take()
        order.append(number)
        files.give_back()

    tasks = [asyncio.create_task(work(number)) for number in range(5)]
    await asyncio.sleep(0)
    assert files.wanted
    files.give_back()
    await asyncio.gather(*tasks)
    assert order == [0, 1, 2, 3, 4]
    assert not files.wanted and files.try_take()


async def test_nobody_pushes_in() -> None:
    files = OpenFiles(1, seconds=10)
    await files.take()
    waiting = asyncio.create_task(files.take())
    await asyncio.sleep(0)
    files.give_back()
    assert not files.try_take()
    await waiting


async def test_too_late_is_told_and_takes_nothing() -> None:
    files = OpenFiles(1, seconds=0.01)
    await files.take()
    with pytest.raises(StoreUnavailableError, match="all 1 connections"):
        await files.take()
    files.give_back()
    assert files.try_take() and not files.try_take()


async def test_a_cancelled_one_leaves_its_place() -> None:
    files = OpenFiles(1, seconds=10)
    await files.take()
    first, second = (asyncio.create_task(files.take()) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait([first])
    files.give_back()
    await second


async def test_one_cancelled_at_the_very_moment_gives_back() -> None:
    files = OpenFiles(1, seconds=10)
    await files.take()
    task = asyncio.create_task(files.take())
    await asyncio.sleep(0)
    files.give_back()  # handed out, the task has not run yet
    task.cancel()
    await asyncio.wait([task])
    assert files.try_take() or not task.cancelled()


async def test_it_is_given_back_by_a_thread() -> None:
    files = OpenFiles(1, seconds=10)
    await files.take()
    task = asyncio.create_task(files.take())
    await asyncio.sleep(0)
    thread = threading.Thread(target=files.give_back)
    thread.start()
    await task
    thread.join()


def test_a_loop_that_ended_is_passed_over() -> None:
    files = OpenFiles(1, seconds=10)
    assert files.try_take()
    loop = asyncio.new_event_loop()
    loop.run_until_complete(_wait_in_vain(files))
    loop.close()
    files.give_back()
    assert files.try_take()


async def _wait_in_vain(files: OpenFiles) -> None:
    task = asyncio.create_task(files.take())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
