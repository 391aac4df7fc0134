"""What was opened is closed: in order, once, to the end, whatever happens on the way."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.runtime.errors import CleanupError, ContextClosedError
from cellwall.runtime.lifetime import Lifetime


async def test_functions_and_coroutines() -> None:
    lifetime, order = Lifetime(), list[str]()

    async def slow() -> None:
        await asyncio.sleep(0)
        order.append("coroutine")

    lifetime.add(lambda: order.append("function"))
    lifetime.add(slow)
    await lifetime.close()
    assert order == ["coroutine", "function"]


@given(st.lists(st.sampled_from(["ok", "fails", "cancelled", "taken back"]), max_size=12))
def test_every_callback_runs_in_order(kinds: list[str]) -> None:
    lifetime, ran = Lifetime(), list[int]()

    def callback(number: int, kind: str) -> None:
        ran.append(number)
        if kind == "fails":
            raise ValueError(str(number))
        if kind == "cancelled":
            raise asyncio.CancelledError

    for number, kind in enumerate(kinds):
        take_back = lifetime.add(lambda number=number, kind=kind: callback(number, kind))
        if kind == "taken back":
            take_back()
            take_back()
    failing = [k for k in kinds if k in ("fails", "cancelled")]

    async def close() -> None:
        if failing:
            with pytest.raises(CleanupError) as caught:
                await lifetime.close()
            assert len(caught.value.errors) == len(failing)
        else:
            await lifetime.close()

    asyncio.run(close())
    assert ran == [n for n in reversed(range(len(kinds))) if kinds[n] != "taken back"]


async def test_twice_is_once() -> None:
    lifetime, runs = Lifetime(), list[str]()
    lifetime.add(lambda: runs.append("x"))
    await lifetime.close()
    await lifetime.close()
    assert runs == ["x"]


async def test_at_the_same_time_is_once_and_both_wait() -> None:
    lifetime, runs, go = Lifetime(), list[str](), asyncio.Event()

    async def slow() -> None:
        await go.wait()
        runs.append("x")

    lifetime.add(slow)
    both = [asyncio.create_task(lifetime.close()) for _ in range(2)]
    await asyncio.sleep(0)
    assert not any(task.done() for task in both)
    go.set()
    await asyncio.gather(*both)
    assert runs == ["x"]


async def test_a_cancelled_caller_waits_for_the_end_and_is_cancelled() -> None:
    lifetime, ended, started, go = Lifetime(), list[str](), asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        started.set()
        await go.wait()
        ended.append("last opened")

    lifetime.add(lambda: ended.append("first opened"))
    lifetime.add(slow)
    task = asyncio.create_task(lifetime.close())
    await started.wait()
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0)
    assert not task.done()
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == ["last opened", "first opened"]


async def test_a_callback_may_ask_for_the_end_again() -> None:
    lifetime, ran = Lifetime(), list[str]()

    async def again() -> None:
        await lifetime.close()
        ran.append("again")

    lifetime.add(again)
    await asyncio.wait_for(lifetime.close(), 5)
    assert ran == ["again"]


async def test_nothing_is_added_once_closing_began() -> None:
    lifetime = Lifetime()

    def late() -> None:
        lifetime.add(print)

    lifetime.add(late)
    with pytest.raises(CleanupError) as caught:
        await lifetime.close()
    assert isinstance(caught.value.errors[0], ContextClosedError)
    assert "ContextClosedError" in str(caught.value)
    with pytest.raises(ContextClosedError):
        lifetime.add(print)


async def test_no_task_is_left() -> None:
    lifetime = Lifetime()
    lifetime.add(lambda: asyncio.sleep(0))
    before = asyncio.all_tasks()
    await lifetime.close()
    assert asyncio.all_tasks() == before
