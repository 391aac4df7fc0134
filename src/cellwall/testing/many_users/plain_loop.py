"""Interleaves users as an ordinary event loop does, in orders of starting that a seed chooses."""

import asyncio
import contextlib
import selectors
import time
import weakref
from collections.abc import Callable, Coroutine
from typing import Any, Final, final

from cellwall.explore.alarm import is_alarm
from cellwall.explore.asyncio_private import drop_pending_warning
from cellwall.testing.many_users.result import RunResult
from cellwall.testing.many_users.running import MakeScenario, Scenario, Tried
from cellwall.testing.many_users.settings import IsolationSettings

ROUNDS: Final = 5  # of cancelling
GRACE: Final = 1.0  # seconds for tasks to end after a run was broken off


@final
class _Selector(selectors.DefaultSelector):
    """Can tell, once, that the loop has nothing left to do but wait."""

    def tell_once(self, callback: Callable[[], None]) -> None:
        """Call back in place of the next wait."""

        def select(timeout: float | None = None) -> Any:
            if timeout is None or timeout > 0:
                del self.select
                callback()
                timeout = 0
            return selectors.DefaultSelector.select(self, timeout)

        self.select = select  # type: ignore[method-assign]  # so that it costs nothing at any other time


def _new_loop() -> asyncio.AbstractEventLoop:
    """Give an event loop as the policy makes it, with a selector of ours where it is asyncio's own."""
    loop = asyncio.new_event_loop()
    if type(loop) is not asyncio.SelectorEventLoop:
        return loop
    loop.close()
    made = asyncio.SelectorEventLoop(selector := _Selector())
    _selectors[made] = selector
    return made


_selectors: Final[weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Selector]] = (
    weakref.WeakKeyDictionary()
)


@final
class PlainRun:
    """Starts users as tasks; the loop interleaves them as it likes."""

    def when_idle(self, callback: Callable[[], None]) -> None:
        """Call back when everything waits; at once on a loop that cannot tell."""
        selector = _selectors.get(asyncio.get_running_loop())
        if selector is None:
            callback()
        else:
            selector.tell_once(callback)

    def handler(self, name: str, coro: Coroutine[Any, Any, object]) -> "asyncio.Task[Any]":
        """Start a user."""
        return asyncio.get_running_loop().create_task(coro, name=name)

    def was_cancelled(self, _: str) -> bool:
        """Tell that nobody is cancelled here."""
        return False

    def begin(self) -> None:
        """Do nothing: the loop needs not know."""

    def end(self) -> None:
        """Do nothing."""


@final
class PlainLoop:
    """One loop for all tests of the process: a module's lock belongs to the first loop that waits for it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._runner: asyncio.Runner | None = None

    def run(self, make: MakeScenario, settings: IsolationSettings) -> Tried:
        """Run scenarios until one fails, all schedules are tried, or the budget is spent."""
        __tracebackhide__ = True
        end = None if settings.budget is None else self._clock() + settings.budget
        result, runs = RunResult(), 0
        while runs < (settings.schedules or 1) and (runs == 0 or end is None or self._clock() < end):
            result = self._run_once(make(settings.seed + runs))
            runs += 1
            if result.failures:
                break
        seed = settings.seed + max(runs - 1, 0)
        replay = f"--concurrent-users {settings.users} --isolation-seed {seed}"
        figures = {"users": settings.users, "runs": runs, "schedules": "plain event loop"}
        return Tried(result, runs, replay, figures)

    def again(self, scenario: Scenario, tried: Tried) -> RunResult:
        """Run once more; the scenario itself was made for the order that failed."""
        return self._run_once(scenario)

    def close(self) -> None:
        """Close the loop."""
        runner, self._runner = self._runner, None
        if runner is not None:
            runner.close()

    def _run_once(self, scenario: Scenario) -> RunResult:
        async def main() -> RunResult:
            return await scenario(PlainRun())

        if self._runner is not None and self._runner.get_loop().is_closed():
            self._runner = None
        self._runner = self._runner or asyncio.Runner(loop_factory=_new_loop)
        try:
            # `Runner.run` would set up a signal handler each time: an interrupt may strike as an alarm does.
            return _run_through(self._runner.get_loop(), main())
        except BaseException:  # an alarm that struck inside the loop: what was going on is not to go on later
            runner, self._runner = self._runner, None
            _break_off(runner)
            raise


def _run_through(loop: asyncio.AbstractEventLoop, main: Coroutine[Any, Any, RunResult]) -> RunResult:
    """Run to the end, or to an alarm.

    One that strikes between two steps (pytest-timeout raises an exception in a signal handler) the loop
    takes for the callback's, tells and forgets; here it ends the run.
    """
    struck: list[BaseException] = []
    outer = loop.get_exception_handler()

    def handle(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if "handle" in context and is_alarm(error):
            struck.append(error)
            loop.stop()
        elif outer is not None:
            outer(loop, context)
        else:
            loop.default_exception_handler(context)

    loop.set_exception_handler(handle)
    try:
        return loop.run_until_complete(main)
    except RuntimeError:
        if struck:
            raise struck[0] from None
        raise
    finally:
        loop.set_exception_handler(outer)


def _break_off(runner: asyncio.Runner) -> None:
    loop = runner.get_loop()
    for _ in range(ROUNDS):
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        with contextlib.suppress(Exception):
            if left:
                loop.run_until_complete(asyncio.wait(left, timeout=GRACE))
    lost = asyncio.all_tasks(loop)  # an alarm in place of a task's step: the loop knows of no other step
    for task in lost:
        drop_pending_warning(task)
        _close(task.get_coro())
    if lost:
        loop.close()  # the runner would wait for them
    else:
        runner.close()


def _close(coroutine: Any) -> None:
    for _ in range(ROUNDS):
        with contextlib.suppress(RuntimeError):  # it waits for something else now
            coroutine.close()
