"""Sessions that nobody closed: their connections are given up without a word of the garbage collector."""

import asyncio
import logging
import weakref
from collections.abc import Callable
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.util.concurrency import in_greenlet

from cellwall.runtime.database.without_loop import without_loop

_log: Final = logging.getLogger("cellwall.database")

Callbacks = list[Callable[[], object]]


def finish_when_forgotten(
    session: AsyncSession, request_id: str, callbacks: Callbacks
) -> "weakref.finalize[Any, Any]":
    """Give up what `session` holds and call `callbacks` when it is garbage; detach the result to prevent it.

    What was not committed is lost, as after a rollback. The connection is terminated, not given back
    to its pool: no one may wait here, so nothing can be sent to it. The callbacks must not refer to
    the session.
    """
    return weakref.finalize(session, _finish, session.sync_session, _loop(), request_id, callbacks)


def _loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _finish(
    session: Session, loop: asyncio.AbstractEventLoop | None, request_id: str, callbacks: Callbacks
) -> None:
    def finish() -> None:
        if session.in_transaction():
            _log.warning("request %s forgot to close its database session; it is closed now", request_id)
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
