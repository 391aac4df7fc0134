"""Runs aiosqlite's statements as steps of a lane for each connection instead of in its thread."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, final

from cellwall.explore.inline.jobs import JobLoop, start_job
from cellwall.explore.loop import ExplorerLoop


@final
class _NoThread:
    """Stands for the connection's thread, which is never started."""

    daemon = True
    name = "inline"

    def start(self) -> None:
        """Nothing to start."""

    def is_alive(self) -> bool:
        """It never is."""
        return False

    def join(self, timeout: float | None = None) -> None:
        """Nothing to wait for."""


@final
class _InlineQueue:
    """Stands for the queue to the thread: what is put in is due in the connection's lane."""

    def __init__(self, loop: ExplorerLoop) -> None:
        self._loop: JobLoop = loop
        self._lane = loop.child_lane("aiosqlite")

    def put_nowait(self, item: tuple["asyncio.Future[Any] | None", Callable[[], Any]]) -> None:
        """Make the statement due; its result goes to the future."""
        future, function = item
        start_job(self._loop, function, lane=self._lane).add_done_callback(
            lambda done: _pass_on(done, future)
        )

    put = put_nowait


def _pass_on(done: "asyncio.Future[Any]", future: "asyncio.Future[Any] | None") -> None:
    error = None if done.cancelled() else done.exception()
    if future is None or future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(None if done.cancelled() else done.result())


@contextmanager
def inline_aiosqlite() -> Iterator[None]:
    """Let connections that are made in a run have no thread."""
    from aiosqlite import Connection  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415

    original = Connection.__init__

    def begin(self: Any, *args: Any, **options: Any) -> None:
        original(self, *args, **options)
        loop = asyncio.get_running_loop()
        if isinstance(loop, ExplorerLoop) and loop.engaged:
            self._tx = _InlineQueue(loop)
            self._thread = _NoThread()
            if hasattr(self, "run"):  # before 0.22 the connection is the thread
                self.start = self._thread.start

    Connection.__init__ = begin  # type: ignore[method-assign, unused-ignore]
    try:
        yield
    finally:
        Connection.__init__ = original  # type: ignore[method-assign, unused-ignore]
