"""Changes one owner's file outside of any request, such as for a new column."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from cellwall.runtime.database.store_failures import unavailable
from cellwall.runtime.database.walled_connection import connect_arguments


def upgrade_file(path: Path, change: Callable[[Connection], object]) -> None:
    """Run `change` on the file in one transaction.

    Raises:
        StoreUnavailableError: the file cannot be opened or written.
    """
    arguments: dict[str, Any] = {**connect_arguments(lambda: None), "isolation_level": None}

    def connect() -> sqlite3.Connection:
        connection: sqlite3.Connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", **arguments)
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    event.listen(engine, "begin", _begin)
    try:
        with engine.begin() as connection:
            change(connection)
    except DBAPIError as error:
        told = unavailable(error.orig) if error.orig is not None else None
        if told is None:
            raise
        raise told from error


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
