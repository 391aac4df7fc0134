"""The conformance suite: what the explorer takes for granted of asyncio; it needs pytest alone."""

import asyncio
import contextlib
import gc
import socket
import sys
import threading
from typing import Any

import pytest

from cellwall.explore.asyncio_private import (
    TESTED,
    OpenLoop,
    require_tested_python,
    step_kind,
    waited_for,
    woken_task,
)
from cellwall.explore.errors import UnsupportedPythonError
from cellwall.explore.loop import ExplorerLoop


class Recording(asyncio.SelectorEventLoop):
    """Keeps every callback it is given."""

    def __init__(self) -> None:
        self.given: list[Any] = []
        super().__init__()

    def call_soon(self, callback: Any, *args: Any, context: Any = None) -> asyncio.Handle:  # type: ignore[override]
        self.given.append(callback)
        return super().call_soon(callback, *args, context=context)


def given_by(main: Any) -> list[Any]:
    """Run the coroutine function and give the callbacks that became due."""
    loop = Recording()
    try:
        loop.run_until_complete(main())
        return loop.given
    finally:
        loop.close()


def test_this_python_is_one_that_was_tested() -> None:
    assert sys.version_info[:2] in TESTED
    require_tested_python()


@pytest.mark.parametrize("version", [(3, 10), (3, 14), (4, 0)])
def test_another_python_is_refused_with_what_to_do(version: tuple[int, int]) -> None:
    with pytest.raises(UnsupportedPythonError, match=r"tested on 3\.11, 3\.12, 3\.13 only"):
        require_tested_python(version)


def test_a_loop_is_refused_without_a_word_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cellwall.explore.asyncio_private.TESTED", ((3, 9),))
    told: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)  # what a half-made loop's __del__ would raise
    with pytest.raises(UnsupportedPythonError):
        ExplorerLoop()
    gc.collect()
    assert told == []


def test_a_first_step_and_a_bare_yield_are_steps() -> None:
    async def main() -> None:
        await asyncio.sleep(0)

    steps = [callback for callback in given_by(main) if type(callback) is step_kind()]
    assert len(steps) == 2
    assert all(isinstance(woken_task(step), asyncio.Task) for step in steps)


def test_waking_up_from_a_future_is_a_step() -> None:
    async def main() -> None:
        future = asyncio.get_running_loop().create_future()
        future.set_result(1)
        await asyncio.wait_for(asyncio.shield(future), 1)
        waiting = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(waiting.set_result, None)
        await waiting

    woken = [c for c in given_by(main) if getattr(c, "__name__", "") == "task_wakeup"]
    assert woken
    assert all(woken_task(callback) is not None for callback in woken)


def test_cancelling_a_task_is_no_step_of_it() -> None:
    async def main() -> None:
        task = asyncio.ensure_future(asyncio.sleep(10))
        asyncio.get_running_loop().call_soon(task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    cancels = [c for c in given_by(main) if getattr(c, "__name__", "") == "cancel"]
    assert [woken_task(callback) for callback in cancels] == [None]


def test_tasks_written_in_python_are_known_too() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        task = asyncio.tasks._PyTask(asyncio.sleep(0), loop=loop)  # type: ignore[attr-defined]
        assert isinstance(task, asyncio.Future) or task is not None
        await task

    names = {getattr(callback, "__name__", "") for callback in given_by(main)}
    assert names & {"__step", "_Task__step"}


def test_what_a_task_waits_for_is_known() -> None:
    async def main() -> None:
        future = asyncio.get_running_loop().create_future()
        task = asyncio.ensure_future(asyncio.wait_for(future, None))
        await asyncio.sleep(0)
        assert waited_for(task) is future
        future.set_result(None)
        assert waited_for(task) is None or task.done() is False
        await task

    asyncio.run(main())


def test_the_loop_runs_one_turn_after_the_other_through_run_once() -> None:
    class Counting(ExplorerLoop):
        turns = 0

        def turn(self) -> None:
            self.turns += 1
            super().turn()

    loop = Counting()
    loop.engage()
    try:
        loop.run_until_complete(asyncio.sleep(0))
    finally:
        loop.disengage()
        loop.close()
    assert loop.turns == 1


def test_an_engaged_loop_gives_back_the_timers_that_it_took() -> None:
    loop = ExplorerLoop()
    fired: list[str] = []
    loop.call_later(0.01, fired.append, "outer")
    loop.engage()
    loop.call_later(0.001, fired.append, "inner")
    loop.disengage()
    loop.run_until_complete(asyncio.sleep(0.02))
    loop.close()
    assert fired == ["outer"]


def test_a_real_socket_is_seen_and_served() -> None:
    loop = ExplorerLoop()
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    try:
        loop.engage()
        loop.call_later(0.01, theirs.send, b"hello")
        assert loop.run_until_complete(loop.sock_recv(ours, 5)) == b"hello"
        assert loop.sources.noted == ("a real socket or pipe",)
    finally:
        loop.disengage()
        loop.close()
        ours.close()
        theirs.close()


def test_a_thread_can_call_in_while_the_loop_waits() -> None:
    loop = ExplorerLoop()
    loop.engage()
    try:
        future = loop.create_future()
        thread = threading.Thread(
            target=lambda: loop.call_soon_threadsafe(future.set_result, "from outside"), name="caller"
        )
        loop.call_soon(thread.start)
        assert loop.run_until_complete(future) == "from outside"
        assert "the thread caller" in loop.sources.noted
        thread.join()
    finally:
        loop.disengage()
        loop.close()


def test_open_generators_are_known() -> None:
    async def numbers() -> Any:
        yield 1
        yield 2

    async def main() -> None:
        generator = numbers()
        await anext(generator)
        loop = asyncio.get_running_loop()
        assert isinstance(loop, OpenLoop)
        assert loop.open_generators() == [generator]
        await generator.aclose()

    loop = ExplorerLoop()
    try:
        loop.run_until_complete(main())
    finally:
        loop.close()
