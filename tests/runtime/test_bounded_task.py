"""A time limit holds whatever the work does with its cancellation."""

import asyncio

import pytest

from cellwall.runtime.bounded_task import BoundedTask, abandoned_work


async def soon() -> str:
    await asyncio.sleep(0)
    return "done"


async def test_what_ends_in_time_gives_its_result() -> None:
    work = BoundedTask(soon, "something")
    assert await work.done(None)
    assert work.task.result() == "done"


async def test_what_fails_in_time_raises_as_ever() -> None:
    async def fails() -> None:
        raise OSError("no network")

    work = BoundedTask(fails, "something")
    assert await work.done(60)
    with pytest.raises(OSError, match="no network"):
        work.task.result()


async def test_what_is_late_is_cancelled_and_may_clean_up() -> None:
    seen = []

    async def late() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            seen.append("cleaned up")

    work = BoundedTask(late, "something")
    await asyncio.sleep(0)
    assert not await work.done(0)
    assert seen == ["cleaned up"]
    assert abandoned_work() == ()


async def test_what_fails_late_is_not_told_to_the_loop() -> None:
    told = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: told.append(context))

    async def late() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise OSError

    work = BoundedTask(late, "something")
    await asyncio.sleep(0)
    assert not await work.done(0)
    del work
    await asyncio.sleep(0)
    assert told == []


async def test_work_that_never_began_is_not_begun_any_more() -> None:
    begun = []

    async def begins() -> None:
        begun.append(1)

    work = BoundedTask(begins, "something")
    work.task.cancel()
    assert await work.done(None)
    assert begun == []


async def test_stopped_from_another_thread() -> None:
    work = BoundedTask(asyncio.Event().wait, "something")
    waiting = asyncio.create_task(work.done(None))
    await asyncio.to_thread(work.stop)
    assert not await asyncio.wait_for(waiting, 10)


async def test_work_knows_what_it_is_part_of() -> None:
    seen = []

    async def outer() -> None:
        async def inner() -> None:
            seen.append((one.is_around(), two.is_around()))

        two = BoundedTask(inner, "the inner")
        await two.done(None)
        seen.append((one.is_around(), two.is_around()))

    one = BoundedTask(outer, "the outer")
    await one.done(None)
    assert seen == [(True, True), (True, False)]
    assert not one.is_around()
