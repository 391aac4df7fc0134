"""What is carried works for the request that it was made in, wherever it runs, and for no other."""

import asyncio
import functools
import inspect
import pickle
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextvars import ContextVar
from multiprocessing import get_context
from threading import Barrier, Thread
from typing import Any

import pytest

from cellwall.runtime.carry import carry
from cellwall.runtime.context import UserExecutionContext, cleanup_user_context
from cellwall.runtime.current import activate, current_context
from cellwall.runtime.errors import ContextClosedError

field: ContextVar[str] = ContextVar("field", default="nobody's")


def who() -> tuple[str, str]:
    context = current_context()
    return (context.user_id if context else "nobody", field.get())


def carried_for(context: UserExecutionContext, function: Callable[..., Any] = who) -> Callable[..., Any]:
    token = field.set(f"{context.user_id}'s")
    try:
        with activate(context):
            return carry(function)
    finally:
        field.reset(token)


async def test_into_threads_executors_and_tasks(ada: UserExecutionContext, bob: UserExecutionContext) -> None:
    loop = asyncio.get_running_loop()
    for_ada, for_bob = carried_for(ada), carried_for(bob)
    seen: list[tuple[str, str]] = []
    thread = Thread(target=lambda: seen.append(for_ada()))
    with activate(bob), ThreadPoolExecutor(2) as pool:
        thread.start()
        thread.join()
        seen.append(for_ada())
        seen.append(pool.submit(for_ada).result(10))
        seen.append(await loop.run_in_executor(pool, for_ada))
        seen.append(await asyncio.to_thread(for_ada))
        assert pool.submit(for_bob).result(10) == ("bob", "bob's")
        assert current_context() is bob
    assert seen == [("ada", "ada's")] * 5


async def test_a_coroutine_function(ada: UserExecutionContext, bob: UserExecutionContext) -> None:
    async def later(word: str) -> tuple[str, ...]:
        await asyncio.sleep(0)
        return (*who(), word)

    for_ada = carried_for(ada, later)
    assert inspect.iscoroutinefunction(for_ada)
    with activate(bob):
        tasks = [asyncio.create_task(for_ada(str(number))) for number in range(5)]
        assert await for_ada("here") == ("ada", "ada's", "here")
        assert await asyncio.gather(*tasks) == [("ada", "ada's", str(number)) for number in range(5)]
        assert current_context() is bob


async def test_a_cancelled_caller_cancels_what_it_carried(ada: UserExecutionContext) -> None:
    ended = asyncio.Event()

    async def forever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    task = asyncio.create_task(carried_for(ada, forever)())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


def test_calls_run_at_the_same_time_and_change_nothing_for_each_other(ada: UserExecutionContext) -> None:
    together = Barrier(4)

    def change(value: str) -> str:
        field.set(value)
        together.wait(10)
        return field.get()

    function = carried_for(ada, change)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(function, "abcd")) == ["a", "b", "c", "d"]
    assert carried_for(ada)() == ("ada", "ada's")
    assert field.get() == "nobody's"


def test_later_changes_of_the_caller_are_not_carried(ada: UserExecutionContext) -> None:
    function = carried_for(ada)
    token = field.set("changed")
    assert function() == ("ada", "ada's")
    field.reset(token)


def test_outside_of_a_request_nobody_is_carried(ada: UserExecutionContext) -> None:
    function = carry(who)
    with activate(ada):
        assert function() == ("nobody", "nobody's")


def test_a_context_that_is_not_the_current_one(ada: UserExecutionContext, bob: UserExecutionContext) -> None:
    with activate(bob):
        assert carry(who, ada)() == ("ada", "nobody's")
        assert current_context() is bob


async def test_not_after_the_end(ada: UserExecutionContext) -> None:
    async def later() -> None:
        raise AssertionError("it ran")

    def now() -> None:
        raise AssertionError("it ran")

    for_later, for_now = carried_for(ada, later), carried_for(ada, now)
    await cleanup_user_context(ada)
    with pytest.raises(ContextClosedError):
        await for_later()
    with ThreadPoolExecutor(1) as pool, pytest.raises(ContextClosedError):
        pool.submit(for_now).result(10)
    with pytest.raises(ContextClosedError):
        carry(now, ada)


async def test_a_hundred_users_in_one_pool_are_never_mixed_up() -> None:
    contexts = [UserExecutionContext.create_for_user(f"user-{number}") for number in range(100)]
    functions = [carried_for(context) for context in contexts]
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            seen = await asyncio.gather(*(loop.run_in_executor(pool, function) for function in functions))
            assert seen == [(context.user_id, f"{context.user_id}'s") for context in contexts]


def test_no_generator() -> None:
    def numbers() -> Iterator[int]:
        yield 1

    async def later() -> AsyncIterator[int]:
        yield 1

    for function in (numbers, later, functools.partial(numbers)):
        with pytest.raises(TypeError, match="generator"):
            carry(function)


def test_a_hidden_coroutine_is_refused_not_run_elsewhere(ada: UserExecutionContext) -> None:
    async def later(_: str) -> None:
        raise AssertionError("it ran")

    with pytest.raises(TypeError, match="carry the coroutine function itself"):
        carried_for(ada, lambda: later("x"))()


async def test_objects_and_partials_that_are_coroutine_functions(ada: UserExecutionContext) -> None:
    class Later:
        async def __call__(self) -> tuple[str, str]:
            return who()

    async def later(_: str) -> tuple[str, str]:
        return who()

    assert await carried_for(ada, Later())() == ("ada", "ada's")
    assert await carried_for(ada, functools.partial(later, "x"))() == ("ada", "ada's")


def test_it_looks_like_the_function(ada: UserExecutionContext) -> None:
    function: Any = carried_for(ada)
    assert function.__name__ == "who" and function.__wrapped__ is who


def test_errors_come_through(ada: UserExecutionContext) -> None:
    def fail() -> None:
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        carried_for(ada, fail)()


def test_it_stays_in_its_process_and_says_what_to_do(ada: UserExecutionContext) -> None:
    with pytest.raises(TypeError, match=r"context\.to_dict\(\)"):
        pickle.dumps(carried_for(ada))


def in_another_process(ids: dict[str, str | None]) -> tuple[str, str, bool]:
    context = UserExecutionContext.from_dict(ids)
    with activate(context):
        seen = who()[0]
    asyncio.run(cleanup_user_context(context))
    return (seen, context.request_id, context.closed)


def test_what_another_process_needs(ada: UserExecutionContext) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(in_another_process, ada.to_dict()).result(60) == ("ada", ada.request_id, True)
    assert not ada.closed
