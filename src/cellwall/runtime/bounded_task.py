"""Work in a task of its own whose time limit holds, whatever the work does with its cancellation.

What swallows its cancellation cannot be stopped in Python. It is abandoned: its caller goes on, an error is
logged, and `abandoned_work` names it until it ends by itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final, final

GRACE: Final = 1.0  # seconds that cancelled work has for its own clean-up

_log: Final = logging.getLogger("cellwall.abandoned")
_numbers: Final = count()


@final
@dataclass(frozen=True, slots=True)
class AbandonedWork:
    """Something that still runs although its time is up: what it is, and since when (clock of its loop)."""

    what: str
    since: float
    number: int = field(default_factory=_numbers.__next__)


# A loop keeps no task alive by itself, and what nobody refers to would end without a word.
_abandoned: Final[dict[asyncio.Task[Any], AbandonedWork]] = {}


def abandoned_work() -> tuple[AbandonedWork, ...]:
    """Give what runs on after its time limit in this process, the oldest first; a healthy one has nothing."""
    return tuple(sorted(_abandoned.copy().values(), key=lambda work: work.number))


@final
class BoundedTask:
    """One piece of work in a task of its own, begun when this is made, in the loop that runs.

    Args:
        work: a function that gives what is to be awaited.
        what: how it is called in logs, such as `tool 'search' of request 4f..`.
        grace: seconds that it has for its own clean-up once it is cancelled.
    """

    def __init__(self, work: Callable[[], Awaitable[Any]], what: str, *, grace: float = GRACE) -> None:
        self.loop: Final = asyncio.get_running_loop()
        self.what: Final = what
        self._grace = grace
        self._stop: asyncio.Future[None] = self.loop.create_future()
        self.task: Final[asyncio.Task[Any]] = self.loop.create_task(
            _inside(self, work), name=f"cellwall {what}"
        )

    async def done(self, time_limit: float | None) -> bool:
        """Wait for the end; tell whether the work ended by itself, before `time_limit` and before `stop`.

        When it did not, it was cancelled. A cancelled caller cancels the work and is cancelled after it.
        """
        in_time = False
        try:
            both = {self.task, self._stop}
            await asyncio.wait(both, timeout=time_limit, return_when=asyncio.FIRST_COMPLETED)
            in_time = self.task.done() and not self._stop.done()
        except GeneratorExit:  # the event loop is gone: nothing can be awaited any more
            in_time = True
            raise
        finally:
            self._stop.cancel()
            if not in_time:
                await self._end()
        return in_time

    def stop(self) -> None:
        """Let the waiting `done` end the work now; from any thread."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._stop_here)

    async def ended(self) -> None:
        """Wait until the work has ended, for as long as it may take to clean up."""
        await asyncio.wait({self.task}, timeout=self._grace)

    def is_around(self) -> bool:
        """Tell whether the caller is part of this work, and so cannot wait for its end."""
        around = _around.get()
        while around is not None and around is not self:
            around = around._outer
        return around is self

    _outer: BoundedTask | None = None

    def _stop_here(self) -> None:
        if not self._stop.done():
            self._stop.set_result(None)

    async def _end(self) -> None:
        self.task.cancel()
        try:
            await asyncio.wait({self.task}, timeout=self._grace)
        finally:
            if not self.task.done():
                self._abandon()
            elif not self.task.cancelled():
                self.task.exception()  # what it said this late is nobody's any more

    def _abandon(self) -> None:
        _abandoned[self.task] = AbandonedWork(self.what, self.loop.time())
        self.task.add_done_callback(_ended_late)
        _log.error(
            "%s swallowed its cancellation and still runs after %s s; it was given up, and may still do what "
            "it is at: let it re-raise asyncio.CancelledError",
            self.what,
            self._grace,
        )


_around: Final[ContextVar[BoundedTask | None]] = ContextVar("cellwall_bounded_task", default=None)


async def _inside(bounded: BoundedTask, work: Callable[[], Awaitable[Any]]) -> Any:
    bounded._outer = _around.get()
    _around.set(bounded)  # the task has a copy of the context, which ends with it
    return await work()


def _ended_late(task: asyncio.Task[Any]) -> None:
    work = _abandoned.pop(task)
    error = None if task.cancelled() else task.exception()
    late = task.get_loop().time() - work.since
    _log.warning("%s, which was given up, ended %.1f s later%s", work.what, late, _told(error))


def _told(error: BaseException | None) -> str:
    return "" if error is None else f" with {type(error).__name__}"
