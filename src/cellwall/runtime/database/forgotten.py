"""Sessions that nobody closed: their connections are given up without a word of the garbage collector."""

import asyncio
import atexit
import logging
import weakref
from collections.abc import Callable
from functools import cache
from typing import Final, final

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.util.concurrency import in_greenlet

from cellwall.runtime.database.without_loop import without_loop

_log: Final = logging.getLogger("cellwall.database")

Callbacks = list[Callable[[], object]]


@final
class Watch(weakref.ref[AsyncSession]):
    """Notices when a session is garbage.

    What `weakref.finalize` does, but that one writes to its class each time, and the interpreter then looks
    up every name of it anew: about one percent of a request.
    """

    __slots__ = ("callbacks", "loop", "request_id", "session")

    callbacks: Callbacks
    loop: asyncio.AbstractEventLoop | None
    request_id: str
    session: Session

    def detach(self) -> None:
        """Watch no longer."""
        _watched.pop(id(self), None)


_watched: Final[dict[int, Watch]] = {}  # a reference that is garbage itself notices nothing


def finish_when_forgotten(session: AsyncSession, request_id: str, callbacks: Callbacks) -> Watch:
    """Give up what `session` holds and call `callbacks` when it is garbage; detach the result to prevent it.

    What was not committed is lost, as after a rollback. The connection is terminated, not given back
    to its pool: no one may wait here, so nothing can be sent to it. The callbacks must not refer to
    the session. The end of the process counts as garbage.
    """
    watch = Watch(session, _finish)
    watch.session, watch.loop = session.sync_session, _loop()
    watch.request_id, watch.callbacks = request_id, callbacks
    _watched[id(watch)] = watch
    _finish_at_exit()
    return watch


@cache
def _finish_at_exit() -> None:
    atexit.register(_finish_all)


def _finish_all() -> None:
    for watch in list(_watched.values()):
        _finish(watch)


def _loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _finish(watch: Watch) -> None:
    if _watched.pop(id(watch), None) is None:
        return
    session, loop, callbacks = watch.session, watch.loop, watch.callbacks

    def finish() -> None:
        if session.in_transaction():
            _log.warning(
                "request %s forgot to close its database session; it is closed now", watch.request_id
            )
            _give_up(session)
        while callbacks:
            callbacks.pop()()

    if loop is None or not loop.is_running() or (loop is _loop() and not in_greenlet()):
        finish()
    else:  # found by the garbage collector in another thread or amid a statement: no place to touch drivers
        loop.call_soon_threadsafe(finish)


def _give_up(session: Session) -> None:
    if session.get_bind().dialect.driver != "aiosqlite":
        session.invalidate()
        return
    without_loop(session.invalidate)
