"""What a scenario is given: it names the handler tasks and says from where to where the strategy chooses."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, final

from cellwall.explore.loop import Choose, ExplorerLoop
from cellwall.explore.outcome import Handler
from cellwall.explore.schedule import Cancellation

Scenario = Callable[["Run"], Awaitable[object]]


@final
class Run:
    """One run of a scenario.

    `seed` is the schedule's, for a scenario that needs random values.
    """

    def __init__(
        self, loop: ExplorerLoop, choose: Choose | None, cancellations: tuple[Cancellation, ...], seed: int
    ) -> None:
        self.seed = seed
        self._loop = loop
        self._choose = choose
        self._planned = cancellations
        self._handlers: dict[str, tuple[asyncio.Task[Any], int]] = {}
        self.marks: list[tuple[int, str]] = []

    def handler(self, name: str, coro: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        """Start a handler task under a name that is the same in every run; the sweep may cancel it.

        Raises ValueError when the run has a handler of that name, or the name is empty.
        """
        if not name or name in self._handlers:
            coro.close()
            raise ValueError(f"a handler needs a name of its own: {name!r} is {'taken' if name else 'empty'}")
        task: asyncio.Task[Any] = self._loop.create_task(coro, name=name)
        lane = self._loop.lanes.get(task)
        if lane is not None:  # an eager task may have ended already
            lane.name, lane.handler = name, True
            lane.marked = name in self._loop.cancellations
        self._handlers[name] = (task, 0)
        return task

    def begin(self) -> None:
        """From here the strategy chooses and cancels; before, first come, first served."""
        loop = self._loop
        for cancellation in self._planned:
            loop.cancellations.setdefault(cancellation.lane, []).append(cancellation)
        for name, (task, _) in self._handlers.items():
            lane = loop.lanes.get(task)
            if lane is not None:
                self._handlers[name] = (task, lane.step)
                lane.marked = name in loop.cancellations
        loop.choose = self._choose

    def end(self) -> None:
        """First come, first served again, and no more cancellations."""
        self._loop.choose = None
        self._loop.cancellations.clear()

    async def all(self) -> dict[str, Any]:
        """Wait for every handler and give the results by name; None for one that was cancelled.

        Raises the first exception of a handler that was not cancelled, when all have ended.
        """
        for task, _ in list(self._handlers.values()):
            try:
                await task
            except BaseException:
                if not task.done():  # it is who waits that was cancelled
                    raise
        struck = {cancellation.lane for cancellation, _ in self._loop.struck}
        results: dict[str, Any] = {}
        for name, (task, _) in self._handlers.items():
            if name not in struck:
                results[name] = task.result()
            else:
                results[name] = None if task.cancelled() or task.exception() else task.result()
        return results

    def was_cancelled(self, name: str) -> bool:
        """Tell whether the schedule cancelled this handler; its own task groups may have done so, too."""
        return any(cancellation.lane == name for cancellation, _ in self._loop.struck)

    def mark(self, text: str) -> None:
        """Mark this moment of the run, for the diagram."""
        self.marks.append((len(self._loop.trace), text))

    def ended(self) -> dict[str, Handler]:
        """Give what became of each handler so far."""
        struck = {cancellation.lane for cancellation, _ in self._loop.struck}
        return {
            name: _ended(task, first, self._loop, cancelled=name in struck)
            for name, (task, first) in self._handlers.items()
        }


def _ended(task: "asyncio.Task[Any]", first: int, loop: ExplorerLoop, *, cancelled: bool) -> Handler:
    lane = loop.lanes.get(task)
    steps = lane.step if lane else 0
    if not task.done():
        return Handler(None, None, first, steps, cancelled)
    if task.cancelled():
        return Handler(None, asyncio.CancelledError(), first, steps, cancelled)
    error = task.exception()
    return Handler(None if error else task.result(), error, first, steps, cancelled)
