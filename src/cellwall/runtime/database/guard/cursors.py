"""The driver's cursors: they run what the guard's own executions give them, else only what reaches no table.

Closes the road around SQLAlchemy's statements: `connection.connection.cursor()`, `result.cursor`,
`get_raw_connection()`. Adapted connections change their class when they first leave the pool, which keeps the
application's own `connect` listeners (such as a PRAGMA) free.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, NoReturn, cast

from sqlalchemy import Pool
from sqlalchemy.connectors.asyncio import AsyncAdapt_dbapi_connection
from sqlalchemy.engine import AdaptedConnection
from sqlalchemy.pool.base import _ConnectionFairy

from cellwall.runtime.database.guard.one_connection import telling_pool
from cellwall.runtime.database.guard.safe_statements import is_safe
from cellwall.runtime.errors import UnguardedStatementError

GUARDED: Final[dict[type[Any], type[Any]]] = {}  # cursor classes of drivers with their guarded form
PLAIN: Final[dict[type[Any], type[Any]]] = {}  # and back
MAKES: Final[dict[type[Any], type[Any]]] = {}  # guarded connection classes with what they make, unguarded


class _GuardedCursor:
    """What the guard adds to an adapted cursor; a license takes it away by giving the plain class back."""

    __slots__ = ()

    def execute(self, operation: Any, parameters: Any = None) -> Any:
        _check(operation)
        return cast(Any, super()).execute(operation, parameters)

    def executemany(self, operation: Any, seq_of_parameters: Any) -> Any:
        _check(operation)
        return cast(Any, super()).executemany(operation, seq_of_parameters)


class _GuardedConnection:
    """What the guard adds to an adapted connection."""

    __slots__ = ()

    @property
    def driver_connection(self) -> NoReturn:
        _refuse_driver()

    def run_async(self, fn: Any) -> NoReturn:
        _refuse_driver()


def guard_connection(adapted: object) -> None:
    """Make an adapted connection hand out guarded cursors from now on."""
    if isinstance(adapted, AdaptedConnection) and not isinstance(adapted, _GuardedConnection):
        kind: Any = type(adapted)
        adapted.__class__ = _guarded_connection(kind)


def guard_pool(pool: Pool) -> None:
    """Let every connection that leaves `pool` be guarded, and those of the pools that take its place.

    An event would do it too, and make SQLAlchemy take a longer way for every connection.
    """
    kind: Any = type(pool)
    pool.__class__ = _guarded_pool(kind)


@cache
def _guarded_pool(pool: type[Any]) -> type[Any]:
    checkout: Any = _ConnectionFairy._checkout if pool.connect is Pool.connect else pool.connect

    def connect(self: Any) -> Any:
        """Take a connection, guarded from its first use on."""
        fairy = checkout(self)  # what SQLAlchemy's own `connect` does, or what the pool's does instead
        adapted = fairy.dbapi_connection
        if not isinstance(adapted, _GuardedConnection):
            guard_connection(adapted)
        return fairy

    return type(
        f"Guarded{pool.__name__}", (telling_pool(pool),), {"connect": connect, "__module__": __name__}
    )


def guard_dialect(dialect: Any) -> None:
    """Let `dialect` give nobody the driver's own connection once it is guarded."""
    given = dialect.get_driver_connection

    def get_driver_connection(adapted: Any) -> Any:
        if isinstance(adapted, _GuardedConnection):
            _refuse_driver()
        return given(adapted)

    dialect.get_driver_connection = get_driver_connection


def license_cursor(cursor: Any) -> Any:
    """Let `cursor` run whatever it is given, until it takes its guarded class again."""
    plain = PLAIN.get(type(cursor))
    if plain is not None:
        cursor.__class__ = plain
    return cursor


def _refuse_driver() -> NoReturn:
    raise UnguardedStatementError(
        "the driver's own connection is not for requests: its statements cannot be restricted"
    )


def _check(operation: Any) -> None:
    if not (isinstance(operation, str) and is_safe(operation)):
        raise UnguardedStatementError(
            "SQL given to the driver's cursor cannot be restricted to one owner's rows: execute select(), "
            "insert(), update() or delete() by the session"
        )


@cache
def _guarded_connection(adapted: type[Any]) -> type[Any]:
    members: dict[str, Any] = {"__slots__": (), "__module__": __name__}
    for name in ("_cursor_cls", "_ss_cursor_cls"):
        if hasattr(adapted, name):
            members[name] = _guarded_cursor(getattr(adapted, name))
    guarded = type(f"Guarded{adapted.__name__}", (_GuardedConnection, adapted), members)
    if getattr(adapted, "cursor", None) is AsyncAdapt_dbapi_connection.cursor:  # it has no way of its own
        MAKES[guarded] = adapted._cursor_cls
    return guarded


def _guarded_cursor(adapted: type[Any]) -> type[Any]:
    guarded = GUARDED.get(adapted)
    if guarded is None:
        members = {"__slots__": (), "__module__": __name__}
        guarded = type(f"Guarded{adapted.__name__}", (_GuardedCursor, adapted), members)
        GUARDED[adapted] = guarded
        PLAIN[guarded] = adapted
    return guarded
