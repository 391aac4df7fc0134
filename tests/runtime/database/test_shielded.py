"""Work that goes on to its end: its result, its errors, and cancellations on the way."""

import asyncio

import pytest

from cellwall.runtime.database.shielded import to_the_end


async def test_an_error_is_the_caller_s() -> None:
    async def work() -> None:
        raise ValueError("in work")

    with pytest.raises(ValueError, match="in work"):
        await to_the_end(work())


@pytest.mark.parametrize("times", [1, 3])
async def test_a_cancelled_caller_waits_for_the_end(times: int) -> None:
    done: list[str] = []
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        await go_on.wait()
        done.append("work")

    caller = asyncio.create_task(to_the_end(work()))
    await begun.wait()
    for _ in range(times):
        caller.cancel()
        await asyncio.sleep(0)
        assert not caller.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert done == ["work"]


async def test_an_error_behind_a_cancellation_is_its_cause() -> None:
    go_on = asyncio.Event()

    async def work() -> None:
        await go_on.wait()
        raise ValueError("in work")

    caller = asyncio.create_task(to_the_end(work()))
    await asyncio.sleep(0)
    caller.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(asyncio.CancelledError) as caught:
        await caller
    assert isinstance(caught.value.__cause__, ValueError)
