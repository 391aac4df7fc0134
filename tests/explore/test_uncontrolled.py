"""What makes two runs of one schedule differ is named by path and line."""

import asyncio
import random
import socket
import threading
import time
from collections.abc import Callable

import pytest

from cellwall.explore import Run, explore
from cellwall.explore.uncontrolled import watch_questions


def ask_thread() -> None:
    threading.Thread(target=time.monotonic).start()


def ask_socket() -> None:
    socket.socket().close()


def ask_clock() -> None:
    time.time()


@pytest.mark.parametrize(
    ("ask", "name"),
    [(ask_thread, "threading.Thread.start"), (ask_socket, "socket.socket"), (ask_clock, "time.time")],
)
def test_each_use_has_its_place(ask: Callable[[], None], name: str) -> None:
    (seen,) = [each for each in watch_questions(ask) if each.startswith(f"{name} at ")]
    assert seen.endswith(f"{__file__}:{ask.__code__.co_firstlineno + 1}")


def test_nothing_is_told_of_what_asks_nothing() -> None:
    assert watch_questions(lambda: None) == ()


async def unsteady(run: Run) -> None:
    draws = random.Random(run_number())

    async def visit() -> None:
        await asyncio.sleep(0)
        thread = threading.Thread(target=time.monotonic)
        thread.start()
        thread.join()
        assert draws.random() > 0.3

    run.begin()
    run.handler("alice", visit())
    await run.all()
    run.end()


RUNS = iter(range(10_000))


def run_number() -> int:
    return next(RUNS)


def test_what_does_not_fail_alike_again_is_told_with_what_was_met() -> None:
    found = explore(unsteady, schedules=40)
    assert found.unrepeatable
    assert any("threading.Thread.start" in each for one in found.unrepeatable for each in one.uncontrolled)


async def numbered(run: Run) -> None:
    async def visit() -> None:
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        threading.Thread(target=lambda: loop.call_soon_threadsafe(done.set_result, 1)).start()
        await done

    run.begin()
    run.handler("alice", visit())
    await run.all()
    run.end()


def test_threads_without_a_name_are_told_once() -> None:
    not_covered = explore(numbered, schedules=10, cancel=False).certificate.not_covered
    assert [each for each in not_covered if "the thread" in each] == [
        "not controlled: the thread Thread (<lambda>)"
    ]
