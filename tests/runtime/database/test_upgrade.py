"""One file changed outside of any request: all of it or nothing."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from cellwall.runtime.database.upgrade import upgrade_file
from cellwall.runtime.errors import StoreUnavailableError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    connection = sqlite3.connect(tmp_path / "rows.sqlite3")
    connection.execute("CREATE TABLE items (id INTEGER PRIMARY KEY)")
    connection.close()
    return tmp_path / "rows.sqlite3"


def columns(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    names = [row[1] for row in connection.execute("PRAGMA table_info(items)")]
    connection.close()
    return names


def test_a_change_is_kept(path: Path) -> None:
    upgrade_file(path, lambda connection: connection.execute(text("ALTER TABLE items ADD COLUMN color TEXT")))
    assert columns(path) == ["id", "color"]


def test_a_change_that_fails_leaves_nothing(path: Path) -> None:
    def change(connection: Connection) -> None:
        connection.execute(text("ALTER TABLE items ADD COLUMN color TEXT"))
        connection.execute(text("SELECT * FROM nowhere"))

    with pytest.raises(OperationalError, match="nowhere"):
        upgrade_file(path, change)
    assert columns(path) == ["id"]


def test_a_file_that_is_gone_or_no_database(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError):
        upgrade_file(tmp_path / "gone.sqlite3", lambda connection: None)
    (tmp_path / "junk.sqlite3").write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreUnavailableError):
        upgrade_file(
            tmp_path / "junk.sqlite3", lambda connection: connection.execute(text("SELECT * FROM x"))
        )
    assert not (tmp_path / "gone.sqlite3").exists()
