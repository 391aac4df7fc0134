"""Which failures are the database's and which are the statement's."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, exc, text
from sqlalchemy.ext.asyncio import create_async_engine

from cellwall.runtime.database.unavailable import cause_of, outages_told, tell_outages
from cellwall.runtime.errors import StoreUnavailableError


class ServerError(Exception):
    """What a driver for PostgreSQL raises."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("secret detail")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("sqlstate", "cause"),
    [
        ("53100", "disk is full"),
        ("53300", "no connections left"),
        ("53400", "too little"),
        ("57P01", "shutting down"),
        ("57P03", "shutting down"),
        ("08006", "connection is lost"),
        ("25006", "cannot be written"),
        ("55P03", "hold what this one needs"),
    ],
)
def test_failures_of_postgresql(sqlstate: str, cause: str) -> None:
    assert cause in str(cause_of(ServerError(sqlstate)))


@pytest.mark.parametrize("sqlstate", ["23505", "42601", "42501", "40001", "57014", "22001", "", None, "5"])
def test_failures_of_statements(sqlstate: str | None) -> None:
    assert cause_of(ServerError(sqlstate)) is None
    assert cause_of(ValueError("x")) is None
    assert cause_of(None) is None


def test_a_full_or_held_file_is_told_and_a_wrong_statement_is_not(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'rows'}", connect_args={"timeout": 0.01})
    tell_outages(engine)
    holder = sqlite3.connect(tmp_path / "rows", isolation_level=None)
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE t (x UNIQUE)"))
        connection.execute(text("PRAGMA max_page_count = 3"))
        connection.commit()
        with pytest.raises(exc.OperationalError, match="no such table"):
            connection.execute(text("SELECT * FROM nowhere"))
        connection.rollback()
        connection.execute(text("INSERT INTO t VALUES (1)"))
        with pytest.raises(exc.IntegrityError):
            connection.execute(text("INSERT INTO t VALUES (1)"))
        connection.rollback()
        with pytest.raises(StoreUnavailableError, match=r"disk is full.*try again") as caught:
            connection.execute(text("INSERT INTO t VALUES (zeroblob(100000))"))
        assert isinstance(caught.value.__cause__, sqlite3.Error)
        connection.rollback()
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailableError, match="write for too long"):
            connection.execute(text("INSERT INTO t VALUES (2)"))
    holder.close()
    engine.dispose()


async def test_a_cancelled_request_stays_cancelled(tmp_path: Path) -> None:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'rows'}")
    tell_outages(engine.sync_engine)
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n LIMIT 3000000"
    async with engine.connect() as connection:
        task = asyncio.create_task(connection.execute(text(endless)))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await engine.dispose()


def test_no_connection_is_told_without_the_address() -> None:
    with pytest.raises(StoreUnavailableError, match="cannot be reached") as caught, outages_told():
        raise ConnectionRefusedError("db.internal:5432")
    assert "internal" not in str(caught.value)
    with pytest.raises(StoreUnavailableError, match="in use"), outages_told():
        raise exc.TimeoutError("QueuePool limit")
    with pytest.raises(ValueError, match="other"), outages_told():
        raise ValueError("other")
