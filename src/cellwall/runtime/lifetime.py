"""What one request opened and how it is closed. Knows callbacks, not contexts or users."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextvars import ContextVar
from functools import partial
from inspect import isawaitable
from itertools import count
from threading import Lock
from typing import Final, final

from cellwall.runtime.bounded_task import BoundedTask
from cellwall.runtime.errors import CleanupError, ContextClosedError

Callback = Callable[[], Awaitable[object] | object]

CALLBACK_SECONDS: Final = 30.0  # how long one callback may take: nothing else ends a shielded clean-up
GRACE: Final = 1.0  # seconds that a cancelled callback has for its own end, before it is given up
_NAMED_FAILURES: Final = 5

_log: Final = logging.getLogger("cellwall.cleanup")
_numbers: Final = count()  # next() is one step, also among threads
_transition: Final = Lock()  # guards the change of one state; held for a few assignments


@final
class Lifetime:
    """Closes what was opened: last in first out, once, to the end though one callback fails.

    Threads may add while others close: a callback is either run or refused, never lost. Callbacks run in
    the thread and event loop that closes; a callback whose resource lives in another loop must reach it.
    """

    __slots__ = ("_callbacks", "_closed", "_outer", "_waiting", "open")

    open: bool  # whether closing has not begun

    def __init__(self) -> None:
        self.open = True
        self._closed = False
        self._callbacks: dict[int, Callback] = {}
        self._waiting: list[Future[None]] | None = None
        self._outer: Lifetime | None = None

    def add(self, callback: Callback) -> Callable[[], None]:
        """Run `callback`, a function or a coroutine function, at the end; give what takes it back.

        Raises:
            ContextClosedError: closing has begun.
        """
        callbacks, number = self._callbacks, next(_numbers)

        def take_back() -> None:
            callbacks.pop(number, None)

        if self.open:
            callbacks[number] = callback
            # Another thread may have begun to close in between. What it took, it runs.
            if self.open or callbacks.pop(number, None) is None:
                return take_back
        raise ContextClosedError("the request has ended, nothing can be opened for it any more")

    async def close(self, time_limit: float | None = CALLBACK_SECONDS) -> None:
        """Run every callback; a second call waits for the first and does nothing else.

        Shielded: a cancelled caller still waits for the end, then is cancelled. `time_limit`, in
        seconds, bounds each callback that is awaited; one that swallows its cancellation is given up
        and named by `abandoned_work`, so that the end of a request comes whatever its callbacks do.

        Raises:
            CleanupError: at least one callback failed; all of them ran.
        """
        if not self._begin():
            await self._wait()
            return
        failures: list[BaseException] = []
        rest = self._run(failures)
        if rest is None:
            self._end()
        else:
            await self._finish_shielded(rest, failures, time_limit)
        _raise_failures(failures)

    def close_now(self) -> None:
        """Run every callback without an event loop, where none of them has to be awaited.

        Raises:
            CleanupError: at least one callback failed, or has to be awaited; all of them ran.
        """
        if not self._begin():
            return
        failures: list[BaseException] = []
        while (rest := self._run(failures)) is not None:
            if asyncio.iscoroutine(rest):
                rest.close()
            failures.append(RuntimeError("a callback has to be awaited: end this with `async with`"))
        self._end()
        _raise_failures(failures)

    def close_inside(self) -> Awaitable[None] | None:
        """Close as a callback of another lifetime; give what is left to await, if anything is."""
        if not self._begin():
            return None
        failures: list[BaseException] = []
        rest = self._run(failures)
        if rest is not None:
            return self._finish_inside(rest, failures)
        self._end()
        _raise_failures(failures)
        return None

    async def _finish_shielded(
        self, rest: Awaitable[object], failures: list[BaseException], time_limit: float | None
    ) -> None:
        cancelled: asyncio.CancelledError | None = None
        while not self._closed:  # a task that is cancelled before its first step runs nothing
            finishing = self._finish(rest, failures, time_limit)
            task = asyncio.get_running_loop().create_task(finishing, name="cellwall-cleanup")
            cancelled = await _outlive_cancellation(task) or cancelled
        if cancelled is not None:
            if failures:  # the caller hears of the cancellation alone
                _log.error("the clean-up of a cancelled request failed in part: %s", _summary(failures))
            raise cancelled

    async def _finish_inside(self, rest: Awaitable[object], failures: list[BaseException]) -> None:
        await self._finish(rest, failures, CALLBACK_SECONDS)
        _raise_failures(failures)

    def _begin(self) -> bool:
        with _transition:
            begins, self.open = self.open, False
            return begins

    def _end(self) -> None:
        with _transition:
            self._closed = True
            waiting, self._waiting = self._waiting, None
        for future in waiting or ():
            future.set_result(None)

    async def _wait(self) -> None:
        if self._closed or self._ends_here():  # a callback may ask again: it is under way
            return
        future: Future[None] = Future()
        with _transition:
            if self._closed:
                return
            self._waiting = [*(self._waiting or ()), future]
        cancelled = await _outlive_cancellation(asyncio.wrap_future(future))
        if cancelled is not None:
            raise cancelled

    def _ends_here(self) -> bool:
        lifetime = _ending.get()
        while lifetime is not None and lifetime is not self:
            lifetime = lifetime._outer
        return lifetime is self

    def _run(self, failures: list[BaseException]) -> Awaitable[object] | None:
        """Run callbacks until one gives something to await; None when there are no more."""
        while self._callbacks:
            try:
                _, callback = self._callbacks.popitem()
                result = callback()
                if result is not None and isawaitable(result):
                    return result
            except BaseException as error:  # also KeyboardInterrupt: the others must be closed first
                failures.append(error)
        return None

    async def _finish(
        self, rest: Awaitable[object] | None, failures: list[BaseException], time_limit: float | None
    ) -> None:
        self._outer = _ending.get()
        token = _ending.set(self)
        try:
            while rest is not None:
                try:
                    await (rest if time_limit is None else _within(rest, time_limit))
                except GeneratorExit:  # the event loop is gone: nothing can be awaited any more
                    raise
                except BaseException as error:
                    failures.append(error)
                rest = self._run(failures)
        finally:
            self._outer = None
            self._end()
        _ending.reset(token)


async def _within(rest: Awaitable[object], time_limit: float) -> None:
    """Await what a callback gave, for so long; in a task of its own, which can be given up."""
    name = getattr(rest, "__qualname__", type(rest).__qualname__)
    started = ended = False
    leaving: BaseException | None = None

    async def awaited() -> None:
        nonlocal started, leaving
        started = True
        try:
            await rest
        except (KeyboardInterrupt, SystemExit) as error:  # would leave the loop before the others are closed
            leaving = error

    while not started:  # a task that is cancelled before its first step runs nothing
        bounded = BoundedTask(awaited, f"clean-up callback {name}", grace=GRACE)
        try:
            ended = await bounded.done(time_limit)
        except asyncio.CancelledError:
            if started:
                raise
    if leaving is not None:
        raise leaving
    if ended:
        bounded.task.result()
        return
    still = "" if bounded.task.done() else ", swallowed its cancellation and still runs"
    raise TimeoutError(f"{name} took longer than {time_limit} s{still}")


_ending: Final[ContextVar[Lifetime | None]] = ContextVar("cellwall_ending", default=None)


async def _outlive_cancellation(future: asyncio.Future[None]) -> asyncio.CancelledError | None:
    """Wait until `future` is done, whatever its end; give the last cancellation of the waiting task."""
    cancelled: asyncio.CancelledError | None = None
    while not future.done():
        woken = future.get_loop().create_future()
        wake = partial(_wake, woken)
        future.add_done_callback(wake)
        try:
            await woken
        except asyncio.CancelledError as error:
            cancelled = error
        finally:
            future.remove_done_callback(wake)
    return cancelled


def _wake(woken: asyncio.Future[None], _: object) -> None:
    if not woken.done():
        woken.set_result(None)


def _raise_failures(failures: list[BaseException]) -> None:
    if not failures:
        return
    summary = CleanupError(_summary(failures), failures)
    for failure in failures:
        if isinstance(failure, KeyboardInterrupt | SystemExit):
            raise failure from summary
    raise summary


def _summary(failures: list[BaseException]) -> str:
    named = "; ".join(map(_describe, failures[:_NAMED_FAILURES]))
    more = f"; and {len(failures) - _NAMED_FAILURES} more" if len(failures) > _NAMED_FAILURES else ""
    return f"{len(failures)} clean-up callback(s) failed: {named}{more}"


def _describe(failure: BaseException) -> str:
    try:
        return f"{type(failure).__name__}: {failure}"
    except Exception:  # an error that cannot tell its text must not hide the others
        return type(failure).__name__
