"""The viewer is the user whose block is open, in its tasks and threads, and nobody afterwards."""

import asyncio

import pytest

from cellwall.canary import current_viewer, viewing


def test_the_block_before_comes_back() -> None:
    assert current_viewer() is None
    with viewing("alice"):
        with viewing("bob"):
            assert current_viewer() == "bob"
        assert current_viewer() == "alice"
    assert current_viewer() is None


def test_a_block_is_entered_once() -> None:
    block = viewing("alice")
    with block, pytest.raises(RuntimeError, match="entered once"):
        block.__enter__()


async def test_tasks_and_threads_see_for_whom_they_work() -> None:
    async def work(owner: str) -> tuple[str | None, str | None]:
        with viewing(owner):
            await asyncio.sleep(0)
            return current_viewer(), await asyncio.to_thread(current_viewer)

    assert await asyncio.gather(work("alice"), work("bob")) == [("alice", "alice"), ("bob", "bob")]


async def test_who_outlives_the_block_works_for_nobody() -> None:
    ended = asyncio.Event()

    async def worker() -> list[str | None]:
        seen = [current_viewer()]
        await ended.wait()
        return [*seen, current_viewer()]

    with viewing("alice"):
        task = asyncio.create_task(worker())
        await asyncio.sleep(0)
    ended.set()
    assert await task == ["alice", None]
