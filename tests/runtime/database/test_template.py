"""New files: whole or not there, for their owner alone, made once a schema."""

import os
import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table

from cellwall.runtime.database.template import Templates, create_file


def tables(path: Path) -> set[str]:
    connection = sqlite3.connect(path)
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    return names


def test_a_file_holds_the_schema_and_is_this_users_alone(tmp_path: Path) -> None:
    metadata = MetaData()
    Table("one", metadata, Column("id", Integer, primary_key=True))
    templates = Templates()
    path = tmp_path / "rows"
    create_file(path, templates.of(metadata))
    assert tables(path) == {"one"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_a_schema_is_made_once_and_again_when_it_has_grown(tmp_path: Path) -> None:
    metadata, templates = MetaData(), Templates()
    Table("one", metadata, Column("id", Integer, primary_key=True))
    first = templates.of(metadata)
    assert templates.of(metadata) is first
    Table("two", metadata, Column("id", Integer, primary_key=True))
    create_file(tmp_path / "rows", templates.of(metadata))
    assert tables(tmp_path / "rows") == {"one", "two"}
    assert templates.of(None) is templates.of(None)
    assert templates.of(None)[:15] == b"SQLite format 3"


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "rows"
    path.write_bytes(b"mine")
    create_file(path, b"yours")
    assert path.read_bytes() == b"mine"
    assert [entry.name for entry in tmp_path.iterdir()] == ["rows"]


def test_a_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (tmp_path / "rows").symlink_to(elsewhere)
    create_file(tmp_path / "rows", b"new")
    assert not elsewhere.exists()


def test_where_names_cannot_be_shared_a_file_still_appears(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_names: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", no_links)
    create_file(tmp_path / "rows", b"new")
    create_file(tmp_path / "rows", b"second")
    assert (tmp_path / "rows").read_bytes() == b"new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["rows"]


def test_no_draft_is_left_behind(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        create_file(tmp_path / "gone" / "rows", b"new")
    with pytest.raises(TypeError):
        create_file(tmp_path / "rows", "not bytes")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
