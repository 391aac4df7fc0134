"""Ties an engine's connections to owners: SQLAlchemy's events set the opening of each transaction."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, event

from cellwall.runtime.database.rls.opening import OpensTransactions, opener_of, opening
from cellwall.runtime.errors import BypassingRoleError, UnguardedStatementError

OwnerText = Callable[[Connection, int], str | None]

_installed: Final[WeakKeyDictionary[Engine, OwnerText]] = WeakKeyDictionary()


def install(engine: Engine, owner_text: OwnerText) -> None:
    """Let every transaction of `engine` begin with the owner that `owner_text` gives for its connection.

    `owner_text` gets the connection and the number of the server's process; None means nobody, who sees
    no row. Once for an engine.

    Raises:
        ValueError: the engine has row-level security already, or its driver is neither asyncpg nor psycopg.
    """
    if engine in _installed:
        raise ValueError("this engine has row-level security already: make one storage for it, at start-up")
    opening_class = _opening_class(engine)
    _installed[engine] = owner_text

    def connect(dialect: object, record: object, arguments: Any, keywords: dict[str, Any]) -> None:
        opening_class(keywords)

    def begin(connection: Connection) -> None:
        opener = required_opener(connection.connection.dbapi_connection)
        opener.cellwall_opening = opening(owner_text(connection, opener.cellwall_backend()))

    def checkin(adapted: object, record: object) -> None:
        opener = opener_of(adapted)
        if opener is not None:
            opener.cellwall_opening = opening(None)

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "begin", begin)
    event.listen(engine, "checkin", checkin)


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
