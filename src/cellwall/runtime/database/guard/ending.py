"""How a connection of aiosqlite ends whose request was cancelled: once, whatever is cancelled meanwhile."""

import asyncio
from contextlib import suppress
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.util import await_only
from sqlalchemy.util.concurrency import in_greenlet


def end_once(dialect: Dialect) -> None:
    """Let a connection that is being closed not be stopped as well; nothing changes for other drivers.

    A request that is cancelled in the middle of a statement loses its connection: SQLAlchemy closes it in a
    task, and stops it when it is cancelled again meanwhile. aiosqlite then waits for a second stop, which its
    thread, that has ended, never answers: the task stays for ever ("Task was destroyed but it is pending").
    The stop is of no use, since it waits in the same queue as the close.
    """
    if dialect.driver != "aiosqlite":
        return
    owner: Any = dialect
    terminate = owner.do_terminate

    def do_terminate(adapted: Any) -> None:
        if not in_greenlet():
            terminate(adapted)
            return
        with suppress(OSError):  # as SQLAlchemy has it: what cannot be closed is gone
            await_only(asyncio.shield(adapted._terminate_graceful_close()))

    owner.do_terminate = do_terminate
