"""A connection reaches its own file and no other."""

import sqlite3
from pathlib import Path

import pytest

from cellwall.runtime.database.walled_connection import connect_arguments


@pytest.fixture
def closed() -> list[str]:
    return []


@pytest.fixture
def connection(tmp_path: Path, closed: list[str]) -> sqlite3.Connection:
    arguments = connect_arguments(lambda: closed.append("closed"))
    opened: sqlite3.Connection = sqlite3.connect(f"file:{tmp_path / 'mine'}", **arguments)
    return opened


@pytest.mark.parametrize(
    "statement", ["ATTACH '{other}' AS other", "ATTACH ':memory:' AS other", "VACUUM INTO '{copy}'"]
)
def test_no_other_file(connection: sqlite3.Connection, tmp_path: Path, statement: str) -> None:
    other = tmp_path / "other"
    sqlite3.connect(other).close()
    with pytest.raises(sqlite3.OperationalError, match="too many attached"):
        connection.execute(statement.format(other=other, copy=tmp_path / "copy"))
    assert not (tmp_path / "copy").exists()
    connection.close()


def test_the_limit_cannot_be_raised_by_sql_and_extensions_do_not_load(connection: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.OperationalError):
        connection.execute("SELECT load_extension('x')")
    connection.close()


def test_closing_is_told_once(connection: sqlite3.Connection, closed: list[str]) -> None:
    connection.close()
    connection.close()
    assert closed == ["closed"]


def test_what_the_dialect_needs_is_there(connection: sqlite3.Connection) -> None:
    row = connection.execute("SELECT 'abc' REGEXP 'b', NULL REGEXP 'b', floor(2.7)").fetchone()
    assert row == (1, None, 2)
    assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
    connection.close()


def test_a_cursor_that_is_left_over_locks_nothing(tmp_path: Path, connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE t (x)")
    connection.commit()
    left_over = connection.execute("INSERT INTO t VALUES (1), (2), (3) RETURNING x")
    assert left_over.fetchone() == (1,)
    connection.close()
    with sqlite3.connect(tmp_path / "mine", timeout=0.01) as other:
        other.execute("INSERT INTO t VALUES (4)")
    assert other.execute("SELECT x FROM t").fetchall() == [(4,)]
    other.close()
    del left_over
