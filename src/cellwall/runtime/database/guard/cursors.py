"""The driver's cursors: they run what an execution of the guard's gives them, and otherwise what reaches no table.

Closes the road around SQLAlchemy's statements: `connection.connection.cursor()`, `result.cursor`,
`get_raw_connection()`. Adapted connections change their class when first checked out, which keeps the
application's own `connect` listeners (such as a PRAGMA) free.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NoReturn, cast

from sqlalchemy.engine import AdaptedConnection

from cellwall.runtime.database.guard.safe_statements import is_safe
from cellwall.runtime.errors import UnguardedStatementError


class _GuardedCursor:
    """What the guard adds to an adapted cursor."""

    __slots__ = ()

    def execute(self, operation: Any, parameters: Any = None) -> Any:
        _check(self, operation)
        return cast(Any, super()).execute(operation, parameters)

    def executemany(self, operation: Any, seq_of_parameters: Any) -> Any:
        _check(self, operation)
        return cast(Any, super()).executemany(operation, seq_of_parameters)


class _GuardedConnection:
    """What the guard adds to an adapted connection."""

    __slots__ = ()

    @property
    def driver_connection(self) -> NoReturn:
        raise UnguardedStatementError(
            "the driver's own connection is not for requests: its statements cannot be restricted"
        )

    def run_async(self, fn: Any) -> NoReturn:
        raise UnguardedStatementError(
            "the driver's own connection is not for requests: its statements cannot be restricted"
        )


def guard_connection(adapted: object) -> None:
    """Make an adapted connection hand out guarded cursors from now on."""
    if isinstance(adapted, AdaptedConnection) and not isinstance(adapted, _GuardedConnection):
        adapted.__class__ = _guarded_connection(type(adapted))


def license_cursor(cursor: object) -> None:
    """Let `cursor` run whatever it is given, until the license is revoked."""
    if isinstance(cursor, _GuardedCursor):
        cast(Any, cursor).licensed = True


def revoke_license(cursor: object) -> None:
    """Let `cursor` run only what reaches no table: from here on an application can have it."""
    if isinstance(cursor, _GuardedCursor):
        cast(Any, cursor).licensed = False


def _check(cursor: Any, operation: Any) -> None:
    if not getattr(cursor, "licensed", False) and not (isinstance(operation, str) and is_safe(operation)):
        raise UnguardedStatementError(
            "SQL given to the driver's cursor cannot be restricted to one owner's rows: execute select(), insert(), "
            "update() or delete() by the session"
        )


@cache
def _guarded_connection(adapted: type[Any]) -> type[Any]:
    members: dict[str, Any] = {"__slots__": (), "__module__": __name__}
    for name in ("_cursor_cls", "_ss_cursor_cls"):
        if hasattr(adapted, name):
            members[name] = _guarded_cursor(getattr(adapted, name))
    return type(f"Guarded{adapted.__name__}", (_GuardedConnection, adapted), members)


@cache
def _guarded_cursor(adapted: type[Any]) -> type[Any]:
    members = {"__slots__": ("licensed",), "__module__": __name__}
    return type(f"Guarded{adapted.__name__}", (_GuardedCursor, adapted), members)
