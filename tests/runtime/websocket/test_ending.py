"""A task ends although it loses cancellations."""

import asyncio

import pytest

from cellwall.runtime.websocket.ending import end_task


@pytest.mark.parametrize("lost", [0, 1, 3])
async def test_a_task_that_loses_cancellations_ends(lost: int) -> None:
    heard = 0

    async def work() -> None:
        nonlocal heard
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                heard += 1
                if heard > lost:
                    raise

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    await asyncio.wait_for(end_task(task), 30)
    assert task.cancelled()
    assert heard == lost + 1


async def test_a_finished_task_is_left_alone() -> None:
    task = asyncio.create_task(asyncio.sleep(0, "done"))
    await task
    await end_task(task)
    assert task.result() == "done"
