"""Ties an engine's connections to owners, from the moment they leave the pool until they are back."""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any, Final
from weakref import WeakSet

from sqlalchemy import Engine, PoolProxiedConnection, event

from cellwall.runtime.database.guard.binding import BoundEngine
from cellwall.runtime.database.rls.opening import OpensTransactions, nobodys_opening, opener_of, opening
from cellwall.runtime.errors import BypassingRoleError, UnguardedStatementError

OpeningFor = Callable[[Any, OpensTransactions], Callable[[], str]]

_installed: Final[WeakSet[Engine]] = WeakSet()


def install(engine: Engine, opening_for: OpeningFor | None = None) -> type[BoundEngine]:
    """Let every transaction of a session on `engine` begin with its owner; give the engines for sessions.

    `opening_for` gets what stands in the owner's column and the connection, and gives what is asked at each
    BEGIN for what follows it; without it, that names the owner. Once for an engine.

    Raises:
        ValueError: the engine has row-level security already, or its driver is neither asyncpg nor psycopg.
    """
    if engine in _installed:
        raise ValueError("this engine has row-level security already: make one storage for it, at start-up")
    set_class = _opening_class(engine)
    _installed.add(engine)
    take = BoundEngine.raw_connection

    def connect(dialect: object, record: object, arguments: object, keywords: dict[str, Any]) -> None:
        set_class(keywords)

    class OwnedEngine(BoundEngine):
        """Gives the session's owner to each connection that it takes from the pool."""

        def raw_connection(self) -> PoolProxiedConnection:
            connection = take(self)
            try:
                opener = required_opener(connection.dbapi_connection)
            except Exception:
                connection.close()  # back into the pool: nobody else knows of it yet
                raise
            disown_when_back(connection)
            owner = self.cellwall_binding.value
            opener.cellwall_opening = (
                partial(opening, owner) if opening_for is None else opening_for(owner, opener)
            )
            return connection

    event.listen(engine, "do_connect", connect)
    return OwnedEngine


def disown_when_back(pooled: Any) -> None:
    """Make a pool's connection nobody's as it goes back, before the application's listeners see it there.

    An event would do it too, later and in a longer way for every connection.
    """
    pooled._connection_record.finalize_callback.append(_disown)


def _disown(connection: object) -> None:
    opener = opener_of(connection)
    if opener is not None:
        opener.cellwall_opening = nobodys_opening


def required_opener(adapted: object) -> OpensTransactions:
    """Give the driver's connection under SQLAlchemy's, which can take an owner along.

    Raises:
        BypassingRoleError: it cannot, because it was not made by this engine's events.
        UnguardedStatementError: it knows no transactions.
    """
    opener = opener_of(adapted)
    if opener is None:
        raise BypassingRoleError(
            "this connection cannot take an owner along: it comes from a `creator` of the application's own, "
            "or from a pool filled before. Let SQLAlchemy connect, by the engine's URL and connect_args"
        )
    if getattr(adapted, "autocommit", False):
        raise UnguardedStatementError(
            "row-level security needs transactions, because an owner ends with its transaction: the engine's "
            "isolation level must not be AUTOCOMMIT"
        )
    return opener


def _opening_class(engine: Engine) -> Callable[[dict[str, Any]], None]:
    """Give what makes the driver's connections ours; the driver is imported here, since it is there."""
    driver = engine.dialect.driver if engine.dialect.name == "postgresql" else None
    if driver == "asyncpg":
        asyncpg = import_module("cellwall.runtime.database.rls.asyncpg_connection")

        def by_class(keywords: dict[str, Any]) -> None:
            keywords["connection_class"] = asyncpg.opening_class(keywords.get("connection_class"))

        return by_class
    if driver in ("psycopg", "psycopg_async"):
        psycopg = import_module("cellwall.runtime.database.rls.psycopg_connection")

        def by_creator(keywords: dict[str, Any]) -> None:
            keywords["async_creator_fn"] = psycopg.OpeningConnection.connect

        return by_creator
    raise ValueError(
        "row-level security needs PostgreSQL by asyncpg or by psycopg's async driver, "
        f"not {engine.dialect.name}+{engine.dialect.driver}"
    )
