"""Somebody else's clean-up gets its time, and no more."""

import asyncio

import pytest

from cellwall.runtime.websocket.grace import within


async def test_what_ends_in_time_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    done: list[int] = []

    async def work() -> None:
        await asyncio.sleep(0)
        done.append(1)

    await within(5, work, "it")
    assert (done, caplog.records) == ([1], [])


async def test_what_takes_too_long_is_cancelled(caplog: pytest.LogCaptureFixture) -> None:
    cancelled: list[int] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(1)
            raise

    await within(0.01, work, "it")
    assert cancelled == [1]
    assert "took too long" in caplog.text


async def test_what_fails_is_named_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "cellwall")

    async def work() -> None:
        raise OSError("secret")

    await within(5, work, "it")
    assert "OSError" in caplog.text and "secret" not in caplog.text


async def test_a_cancelled_caller_leaves_no_task() -> None:
    async def work() -> None:
        await asyncio.Event().wait()

    task = asyncio.create_task(within(60, work, "it"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}
