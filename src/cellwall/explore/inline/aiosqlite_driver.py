"""Runs aiosqlite's statements as steps of a lane for each connection instead of in its thread."""

import asyncio
import gc
import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, final

from cellwall.explore.inline.jobs import start_job
from cellwall.explore.loop import ExplorerLoop

_AGAIN: Final = 0.01  # s of the loop's clock between two tries to get a lock


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
    """Stands for the queue to the thread: what is put in is due in the connection's lane, one by one."""

    def __init__(self, loop: ExplorerLoop) -> None:
        self._loop = loop
        self._lane = loop.child_lane("aiosqlite")
        self._waiting: deque[tuple[asyncio.Future[Any] | None, Callable[[], Any]]] = deque()
        self._patience = 0.0  # s of the loop's clock that a statement waits for another's lock
        self._until = 0.0
        self._collected = False

    def put_nowait(self, item: tuple["asyncio.Future[Any] | None", Callable[[], Any]]) -> None:
        """Make the statement due; its result goes to the future."""
        self._waiting.append(item)
        if len(self._waiting) == 1:
            self._next()

    put = put_nowait

    def _next(self) -> None:
        self._until, self._collected = self._loop.time() + self._patience, not self._patience
        self._begin()

    def _begin(self) -> None:
        job = start_job(self._loop, self._waiting[0][1], lane=self._lane, of="aiosqlite")
        job.add_done_callback(self._ended)

    def _ended(self, done: "asyncio.Future[Any]") -> None:
        """Wait on where another connection has the lock; else pass on what came, and go on.

        The garbage collector is off in a run, and a cancelled statement's cursor, which has the lock, may lie
        in a cycle with its exception: it would be freed by chance in a service, and here before giving up.
        """
        error = None if done.cancelled() else done.exception()
        if _waits_for_lock(error, self._waiting[0][1]):
            if self._loop.time() < self._until:
                self._loop.call_later(_AGAIN, self._begin)
                return
            if not self._collected:
                self._collected = True
                gc.collect()
                self._begin()
                return
        if error is None and not done.cancelled() and isinstance(done.result(), sqlite3.Connection):
            self._patience = _take_patience(done.result())
        _pass_on(done, self._waiting.popleft()[0])
        if self._waiting:
            self._next()


def _waits_for_lock(error: BaseException | None, job: object) -> bool:
    """Tell whether SQLite would have waited in the connection's thread; a script has begun already."""
    busy = isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode == sqlite3.SQLITE_BUSY
    return busy and getattr(getattr(job, "func", None), "__name__", "") != "executescript"


def _take_patience(connection: sqlite3.Connection) -> float:
    """Keep SQLite from waiting, which would hold up the whole loop; give how long it would have (s)."""
    milliseconds = connection.execute("PRAGMA busy_timeout").fetchone()[0]
    connection.execute("PRAGMA busy_timeout = 0")
    return float(milliseconds) / 1000


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
