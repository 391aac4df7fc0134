"""What was opened is closed: in order, once, to the end, whatever happens on the way."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, Event, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.runtime.bounded_task import abandoned_work
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


@pytest.mark.parametrize("fatal", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("awaited", [False, True])
async def test_an_interrupt_waits_for_the_others(fatal: type[BaseException], awaited: bool) -> None:
    lifetime, ran = Lifetime(), list[str]()

    async def later() -> None:
        raise fatal

    def now() -> None:
        raise fatal

    lifetime.add(lambda: ran.append("first opened"))
    lifetime.add(later if awaited else now)
    with pytest.raises(fatal) as caught:
        await lifetime.close()
    assert ran == ["first opened"]
    assert isinstance(caught.value.__cause__, CleanupError)


async def test_ten_thousand_callbacks() -> None:
    lifetime, ran = Lifetime(), list[int]()
    for number in range(10_000):
        lifetime.add(lambda number=number: ran.append(number))
    await lifetime.close()
    assert ran == list(reversed(range(10_000)))


async def test_ten_thousand_failures_make_a_short_text() -> None:
    lifetime = Lifetime()

    def fail() -> None:
        raise ValueError("x" * 10)

    for _ in range(10_000):
        lifetime.add(fail)
    with pytest.raises(CleanupError, match="and 9995 more") as caught:
        await lifetime.close()
    assert len(caught.value.errors) == 10_000 and len(str(caught.value)) < 500


async def test_an_error_without_a_text_hides_no_other() -> None:
    class SpeechlessError(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no text")

    lifetime = Lifetime()

    def fail() -> None:
        raise SpeechlessError

    lifetime.add(fail)
    with pytest.raises(CleanupError, match="Speechless"):
        await lifetime.close()


async def test_a_hanging_callback_is_ended_and_the_others_run() -> None:
    lifetime, ran = Lifetime(), list[str]()
    lifetime.add(lambda: ran.append("first opened"))
    lifetime.add(asyncio.Event().wait)
    lifetime.add(asyncio.Event().wait)
    with pytest.raises(CleanupError) as caught:
        await lifetime.close(time_limit=0)
    assert [type(error) for error in caught.value.errors] == [TimeoutError, TimeoutError]
    assert ran == ["first opened"]


async def test_a_callback_that_swallows_its_cancellation_is_given_up_and_the_others_run(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("cellwall.runtime.lifetime.GRACE", 0.01)
    lifetime, ran, release = Lifetime(), list[str](), asyncio.Event()

    async def stubborn() -> None:
        while not release.is_set():
            with suppress(asyncio.CancelledError):
                await release.wait()
        ran.append("let go")

    lifetime.add(lambda: ran.append("first opened"))
    lifetime.add(stubborn)
    with pytest.raises(CleanupError, match=r"stubborn took longer .* still runs") as caught:
        await asyncio.wait_for(asyncio.create_task(lifetime.close(time_limit=0)), 10)
    assert [type(error) for error in caught.value.errors] == [TimeoutError]
    assert ran == ["first opened"]
    (work,) = abandoned_work()
    assert "stubborn" in work.what and "swallowed its cancellation" in caplog.text
    release.set()
    await asyncio.gather(*(task for task in asyncio.all_tasks() if "stubborn" in task.get_name()))
    assert ran == ["first opened", "let go"]
    assert abandoned_work() == ()


async def test_a_subtask_of_a_callback_may_ask_again() -> None:
    lifetime, ran = Lifetime(), list[str]()

    async def again() -> None:
        await asyncio.create_task(lifetime.close())
        ran.append("again")

    lifetime.add(again)
    await asyncio.wait_for(lifetime.close(), 5)
    assert ran == ["again"]


async def test_a_task_cancelled_before_its_first_step_loses_nothing() -> None:
    lifetime, ran = Lifetime(), list[str]()

    async def slow() -> None:
        await asyncio.sleep(0)
        ran.append("awaited")

    lifetime.add(lambda: ran.append("first opened"))
    lifetime.add(slow)
    closing = asyncio.create_task(lifetime.close())
    await asyncio.sleep(0)  # it has made its inner task, which has not run
    (inner,) = [task for task in asyncio.all_tasks() if task.get_name() == "cellwall-cleanup"]
    inner.cancel()
    await closing
    assert inner.cancelled() and ran == ["awaited", "first opened"]


def test_the_end_of_the_loop_cancels_what_is_awaited_and_the_others_run() -> None:
    lifetime, ran = Lifetime(), list[str]()

    async def later() -> None:
        ran.append("started")
        await asyncio.Event().wait()

    lifetime.add(lambda: ran.append("first opened"))
    lifetime.add(later)
    lifetime.add(later)

    async def main() -> None:
        lifetime.add(later)
        task = asyncio.create_task(lifetime.close(time_limit=0.01))
        await asyncio.sleep(0)
        assert not task.done()

    asyncio.run(main())
    assert ran == ["started", "started", "started", "first opened"]


def test_two_loops_in_two_threads_close_once_and_both_wait() -> None:
    lifetime, runs, started, go = Lifetime(), list[str](), Event(), Event()

    async def slow() -> None:
        started.set()
        await asyncio.to_thread(go.wait, 10)
        runs.append("x")

    lifetime.add(slow)
    first = Thread(target=lambda: asyncio.run(lifetime.close()))
    first.start()
    started.wait(10)
    second = Thread(target=lambda: (asyncio.run(lifetime.close()), runs.append("second returned")))
    second.start()
    second.join(0.05)
    assert second.is_alive()
    go.set()
    first.join(10)
    second.join(10)
    assert runs == ["x", "second returned"]


@pytest.mark.parametrize("turn", range(20))
def test_what_threads_add_while_another_closes_is_run_or_refused(turn: int) -> None:
    lifetime, ran, barrier = Lifetime(), list[tuple[int, int]](), Barrier(4)

    def add(worker: int) -> list[tuple[int, int]]:
        barrier.wait(10)
        accepted: list[tuple[int, int]] = []
        for number in range(50):
            try:
                lifetime.add(lambda number=number: ran.append((worker, number)))
            except ContextClosedError:
                break
            accepted.append((worker, number))
        return accepted

    def close() -> None:
        barrier.wait(10)
        asyncio.run(lifetime.close())

    with ThreadPoolExecutor(4) as pool:
        adding = [pool.submit(add, worker) for worker in range(3)]
        pool.submit(close).result(10)
        accepted = [entry for future in adding for entry in future.result(10)]
    assert sorted(ran) == sorted(accepted)


class TestWithoutALoop:
    def test_functions_run(self) -> None:
        lifetime, ran = Lifetime(), list[str]()
        lifetime.add(lambda: ran.append("first"))
        lifetime.add(lambda: ran.append("last"))
        lifetime.close_now()
        lifetime.close_now()
        assert ran == ["last", "first"]

    def test_what_must_be_awaited_is_told(self) -> None:
        lifetime, ran = Lifetime(), list[str]()
        lifetime.add(lambda: ran.append("first"))
        lifetime.add(lambda: asyncio.sleep(0))
        with pytest.raises(CleanupError, match="async with"):
            lifetime.close_now()
        assert ran == ["first"]


async def test_failures_of_a_cancelled_clean_up_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    lifetime, go = Lifetime(), asyncio.Event()

    async def fail() -> None:
        await go.wait()
        raise ValueError("disk full")

    lifetime.add(fail)
    task = asyncio.create_task(lifetime.close())
    await asyncio.sleep(0)
    task.cancel()
    go.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [record.name for record in caplog.records] == ["cellwall.cleanup"]
    assert "ValueError: disk full" in caplog.text
