"""The loop: order within lanes, its clock, waiting for nothing; outside of a run it is asyncio's."""

import asyncio
import contextvars
import gc
import random
import threading
import time
import weakref
from collections.abc import Sequence
from typing import Any

import pytest

from cellwall.explore import (
    DeadlockError,
    LivelockError,
    NestedRunError,
    Run,
    close_process_loop,
    loop_factory,
    process_loop,
    run_once,
)
from cellwall.explore.lane import Entry
from cellwall.explore.machine import Machine
from cellwall.explore.strategies.random_walk import Walk
from cellwall.explore.strategies.strategy import Plan


async def many_things(log: list[str]) -> None:
    """Use tasks, timers, futures, locks and queues, and write down what happens when."""
    lock, queue = asyncio.Lock(), asyncio.Queue[int](1)
    loop = asyncio.get_running_loop()

    async def worker(name: str) -> None:
        for turn in range(3):
            async with lock:
                log.append(f"{name} {turn}")
                await asyncio.sleep(0)
            await asyncio.sleep(0.05 * turn)

    async def producer() -> None:
        for number in range(4):
            await queue.put(number)
            log.append(f"put {number}")

    async def consumer() -> None:
        for _ in range(4):
            log.append(f"got {await queue.get()}")

    loop.call_soon(log.append, "soon")
    loop.call_later(0.2, log.append, "later")  # far from the others: the plain loop has a real clock
    await asyncio.gather(worker("a"), worker("b"), producer(), consumer(), worker("c"))
    await asyncio.sleep(0.2)


def test_without_choices_the_order_is_that_of_asyncio() -> None:
    plain: list[str] = []
    asyncio.run(many_things(plain))
    explored: list[str] = []
    outcome = run_once(lambda run: many_things(explored))
    assert outcome.failure is None
    assert explored == plain


def test_outside_of_a_run_it_is_asyncios_order_in_virtual_time() -> None:
    plain: list[str] = []
    asyncio.run(many_things(plain))
    loop, virtual = loop_factory(), []
    before = time.monotonic()
    try:
        loop.run_until_complete(many_things(virtual))
        loop.run_until_complete(asyncio.sleep(3600))
    finally:
        loop.close()
    assert virtual == plain
    assert time.monotonic() - before < 1800


def test_time_passes_when_nothing_else_can_happen() -> None:
    async def scenario(run: Run) -> float:
        loop = asyncio.get_running_loop()
        before = loop.time()
        await asyncio.sleep(86_400)
        return loop.time() - before

    assert run_once(scenario).result == 86_400


def test_in_a_thread_outside_of_a_run_time_is_real_since_others_may_call_in() -> None:
    loop = loop_factory()
    begun, called = threading.Event(), []

    async def wait() -> None:
        future = loop.create_future()
        called.append(future)
        begun.set()
        async with asyncio.timeout(30):
            called.append(await future)

    thread = threading.Thread(target=lambda: loop.run_until_complete(wait()))
    thread.start()
    assert begun.wait(30)
    time.sleep(0.05)
    loop.call_soon_threadsafe(called[0].set_result, "from the main thread")
    thread.join()
    loop.close()
    assert called[1:] == ["from the main thread"]


def test_equal_times_keep_their_order() -> None:
    async def scenario(run: Run) -> list[int]:
        loop, fired = asyncio.get_running_loop(), []
        when = loop.time() + 1
        for number in random.Random(3).sample(range(50), 50):
            loop.call_at(when, fired.append, number)
        expected = random.Random(3).sample(range(50), 50)
        await asyncio.sleep(2)
        assert fired == expected
        return fired

    assert run_once(scenario).failure is None


def test_a_task_keeps_the_order_of_its_steps_and_the_loop_that_of_its_callbacks() -> None:
    async def scenario(run: Run) -> None:
        loop, fired = asyncio.get_running_loop(), []
        steps: dict[str, list[int]] = {"a": [], "b": []}

        async def handler(name: str) -> None:
            for number in range(5):
                steps[name].append(number)
                loop.call_soon(fired.append, len(fired) + 100)
                await asyncio.sleep(0)

        run.begin()
        numbers: list[int] = []
        for number in range(10):
            loop.call_soon(numbers.append, number)
        for name in steps:
            run.handler(name, handler(name))
        await run.all()
        while len(numbers) < 10:  # noqa: ASYNC110
            await asyncio.sleep(0)
        assert numbers == list(range(10))
        assert steps == {"a": list(range(5)), "b": list(range(5))}

    machine = Machine(scenario)
    traces = set()
    for seed in range(60):
        outcome = machine.run(Plan(Walk(seed)))
        assert outcome.failure is None
        traces.add(outcome.trace)
    assert len(traces) > 50


def test_waiting_for_ever_is_said_with_the_places() -> None:
    async def scenario(run: Run) -> None:
        await asyncio.get_running_loop().create_future()

    outcome = run_once(scenario)
    assert isinstance(outcome.error, DeadlockError)
    assert "main at" in str(outcome.error)
    assert "test_loop.py:" in str(outcome.error)
    assert run_once(many_plain).failure is None  # the loop is whole afterwards


async def many_plain(run: Run) -> None:
    """Something ordinary."""
    await many_things([])


def test_a_run_that_never_ends_is_given_up() -> None:
    async def scenario(run: Run) -> None:
        while True:  # noqa: ASYNC110
            await asyncio.sleep(0)

    outcome = run_once(scenario)
    assert isinstance(outcome.error, LivelockError)
    assert "200000 steps" in str(outcome.error)


def test_a_busy_waiter_does_not_starve_the_rest_for_ever() -> None:
    class Stubborn:
        """Always prefers the busy one."""

        def __call__(self, runnable: Sequence[Entry], clock: bool, /) -> int:
            return next((at for at, entry in enumerate(runnable) if entry.lane.name == "busy"), 0)

    async def scenario(run: Run) -> None:
        done = False

        async def busy() -> None:
            while not done:  # noqa: ASYNC110
                await asyncio.sleep(0)

        async def other() -> None:
            nonlocal done
            await asyncio.sleep(0)
            done = True

        run.begin()
        run.handler("busy", busy())
        run.handler("other", other())
        await run.all()

    assert Machine(scenario).run(Plan(Stubborn()), free_steps=500).failure is None


def test_a_cancelled_callback_is_not_called() -> None:
    async def scenario(run: Run) -> None:
        loop, fired = asyncio.get_running_loop(), []
        loop.call_soon(fired.append, 1).cancel()
        loop.call_later(0.1, fired.append, 2).cancel()
        await asyncio.sleep(1)
        assert not fired

    assert run_once(scenario).failure is None


def test_callbacks_run_in_their_context() -> None:
    variable = contextvars.ContextVar("variable", default="none")

    async def scenario(run: Run) -> list[str]:
        seen: list[str] = []
        variable.set("mine")
        asyncio.get_running_loop().call_soon(lambda: seen.append(variable.get()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return seen

    assert run_once(scenario).result == ["mine"]


def test_an_exception_in_a_callback_is_noted() -> None:
    async def scenario(run: Run) -> None:
        asyncio.get_running_loop().call_soon(lambda: 1 / 0)
        await asyncio.sleep(0.1)

    outcome = run_once(scenario)
    assert outcome.failure is None
    assert "ZeroDivisionError" in outcome.notes[0]


def test_what_a_run_leaves_is_ended_with_it() -> None:
    ended: list[str] = []

    async def left() -> None:
        try:
            await asyncio.sleep(1000)
        finally:
            ended.append("task")

    async def numbers() -> Any:
        try:
            yield 1
            yield 2
        finally:
            await asyncio.sleep(0)
            ended.append("generator")

    async def scenario(run: Run) -> None:
        tasks.append(asyncio.ensure_future(left()))
        generators.append(numbers())
        await anext(generators[0])

    tasks: list[Any] = []
    generators: list[Any] = []
    outcome = run_once(scenario)
    assert outcome.failure is None
    assert sorted(ended) == ["generator", "task"]
    assert tasks[0].cancelled()


def test_a_lock_made_outside_serves_run_after_run() -> None:
    lock = asyncio.Lock()

    async def scenario(run: Run) -> None:
        async def handler() -> None:
            async with lock:
                await asyncio.sleep(0)

        run.begin()
        for name in "abc":
            run.handler(name, handler())
        await run.all()

    assert [run_once(scenario).failure for _ in range(3)] == [None] * 3


def test_a_run_inside_of_a_running_loop_is_refused() -> None:
    async def inside() -> None:
        with pytest.raises(NestedRunError, match="synchronous code"):
            run_once(many_plain)

    asyncio.run(inside())


def test_each_thread_has_a_loop_of_its_own() -> None:
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(run_once(many_plain).failure))
    thread.start()
    thread.join()
    assert results == [None]


def test_a_call_that_blocks_lets_time_pass_outside_of_runs_alone() -> None:
    async def blocked() -> float:
        begun = asyncio.get_running_loop().time()
        time.sleep(0.03)  # noqa: ASYNC251
        await asyncio.sleep(0)
        return asyncio.get_running_loop().time() - begun

    loop = loop_factory()
    try:
        assert loop.run_until_complete(blocked()) >= 0.03
        begun = loop.time()
        loop.run_until_complete(asyncio.sleep(0.5))
        assert loop.time() - begun >= 0.5
    finally:
        loop.close()
    assert run_once(lambda run: blocked()).result == 0.0


def test_a_closed_loop_is_freed_as_asyncios_is_without_the_collector() -> None:
    # Libraries watch for leaked loops by weak references; a thread that ends late keeps one a little longer.
    async def nothing(run: Run) -> None:
        await asyncio.sleep(0)

    run_once(nothing)
    loops = [asyncio.new_event_loop(), loop_factory(), process_loop()]
    gc.collect()
    gc.disable()
    try:
        kept = [weakref.ref(loop) for loop in loops]
        for loop in loops[:2]:
            loop.run_until_complete(asyncio.sleep(0.1))
            loop.close()
        close_process_loop()
        del loop, loops
        assert [ref() for ref in kept] == [None, None, None]
    finally:
        gc.enable()
