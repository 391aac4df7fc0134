"""The application's database full, gone or too busy, told as one error whatever driver and pool say."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Engine, event, exc
from sqlalchemy.engine import ExceptionContext

from cellwall.runtime.errors import StoreUnavailableError

_SQLITE: Final = {
    sqlite3.SQLITE_FULL: "its disk is full",
    sqlite3.SQLITE_READONLY: "it cannot be written",
    sqlite3.SQLITE_IOERR: "its disk does not read or write",
    sqlite3.SQLITE_CANTOPEN: "its file cannot be opened",
    sqlite3.SQLITE_BUSY: "other requests write for too long",
    sqlite3.SQLITE_LOCKED: "other requests write for too long",
    sqlite3.SQLITE_CORRUPT: "its file is damaged",
    sqlite3.SQLITE_NOTADB: "its file is no database",
}
_PRIMARY: Final = 0xFF  # an extended code carries the ordinary one in its last byte

# https://www.postgresql.org/docs/current/errcodes-appendix.html; the longest beginning counts.
_SQLSTATE: Final = {
    "53100": "its disk is full",
    "53200": "it has no memory left",
    "53300": "it has no connections left",
    "53": "it has too little of something",
    "57P": "it is shutting down or starting",
    "08": "the connection is lost",
    "58030": "its disk does not read or write",
    "25006": "it cannot be written",
    "55P03": "other requests hold what this one needs for too long",
}


def tell_outages(engine: Engine) -> None:
    """Let statements on `engine` raise StoreUnavailableError where it is the database that fails."""
    event.listen(engine, "handle_error", _translate)


@contextmanager
def outages_told() -> Iterator[None]:
    """Raise StoreUnavailableError where a connection cannot be had in this block.

    Raises:
        StoreUnavailableError: the pool has none left in time, or the database cannot be reached.
    """
    try:
        yield
    except exc.TimeoutError as error:
        raise _unavailable("all connections of the pool are in use") from error
    except OSError as error:
        raise _unavailable("it cannot be reached") from error


def cause_of(error: BaseException | None) -> str | None:
    """Say what is wrong with the database; None when it is the statement that is wrong."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return _SQLITE.get(code & _PRIMARY)
    state = str(getattr(error, "sqlstate", None) or "")
    return next((_SQLSTATE[state[:end]] for end in (5, 3, 2) if state[:end] in _SQLSTATE), None)


def _translate(context: ExceptionContext) -> BaseException | None:
    if not isinstance(context.original_exception, Exception):
        return None  # a cancelled request loses its connection too, and must stay cancelled
    cause = cause_of(context.original_exception)
    if cause is None and context.is_disconnect:
        cause = "the connection is lost"
    return None if cause is None else _unavailable(cause)


def _unavailable(cause: str) -> StoreUnavailableError:
    return StoreUnavailableError(
        f"the database is not available: {cause}; nothing of this transaction is kept, try again later"
    )
