"""The journal keeps events in order, survives kills, full and read-only disks, and refuses every change."""

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.migrate import events as e
from cellwall.migrate.errors import StorageError
from cellwall.migrate.journal import Journal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


def read(path: Path, **options: bool) -> list[e.Event]:
    journal = Journal.open(path, **options)
    try:
        return [event for _, _, event in journal.records()]
    finally:
        journal.close()


def test_it_gives_back_what_was_appended_in_order(path: Path) -> None:
    journal = Journal.create(path)
    events = [
        e.Warned("first"),
        e.BatchPlanned("a01-b001", 1, ["a.py", "b\udcff.py"]),
        e.RunStopped("SIGINT"),
    ]
    assert [journal.append(event, at) for at, event in enumerate(events)] == [1, 2, 3]
    assert list(journal.records()) == [(1, 0.0, events[0]), (2, 1.0, events[1]), (3, 2.0, events[2])]
    assert list(journal.records(after=2)) == [(3, 2.0, events[2])]
    journal.close()
    assert read(path) == events


@given(texts=st.lists(st.text(), max_size=5))
@settings(max_examples=20, deadline=None)
def test_any_text_survives(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    journal = Journal.create(tmp_path_factory.mktemp("journal") / "journal.sqlite3")
    for text in texts:
        journal.append(e.Warned(text), 0.0)
    assert [event for _, _, event in journal.records()] == [e.Warned(text) for text in texts]
    journal.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET body = '{}'",
        "DELETE FROM events",
        "INSERT OR REPLACE INTO events VALUES (1, 0, 'Warned', '{}')",
        "REPLACE INTO events VALUES (1, 0, 'Warned', '{}')",
    ],
)
def test_what_was_recorded_cannot_be_changed(path: Path, statement: str) -> None:
    journal = Journal.create(path)
    journal.append(e.Warned("kept"), 1.0)
    journal.close()
    with sqlite3.connect(path) as other, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        other.execute(statement)
    other.close()
    assert read(path) == [e.Warned("kept")]


def test_readers_see_each_event_while_the_run_writes(path: Path) -> None:
    writer = Journal.create(path)
    reader = Journal.open(path, read_only=True)
    for number in range(3):
        writer.append(e.Warned(str(number)), 0.0)
        assert [event for _, _, event in reader.records(after=number)] == [e.Warned(str(number))]
    with pytest.raises(StorageError, match="readonly"):
        reader.append(e.Warned("no"), 0.0)
    reader.close()
    writer.close()


def test_a_reader_in_the_middle_of_its_rows_does_not_stop_the_writer(path: Path) -> None:
    writer = Journal.create(path)
    for number in range(3):
        writer.append(e.Warned(str(number)), 0.0)
    reader = Journal.open(path, read_only=True)
    rows = reader.records()
    next(rows)
    writer.append(e.Warned("more"), 0.0)
    assert len(list(writer.records())) == 4
    reader.close()
    writer.close()


def test_kinds_and_shapes_of_another_version_are_counted_and_left_out(path: Path) -> None:
    journal = Journal.create(path)
    journal.append(e.Warned("known"), 0.0)
    with sqlite3.connect(path) as newer:
        newer.execute("INSERT INTO events(at, kind, body) VALUES (1, 'Teleported', '{}')")
        newer.execute("INSERT INTO events(at, kind, body) VALUES (1, 'Warned', '{\"text\": 1}')")
        newer.execute("INSERT INTO events(at, kind, body) VALUES (1, 'Warned', '[]')")
        newer.execute(
            'INSERT INTO events(at, kind, body) VALUES (1, \'Warned\', \'{"message": "m", "new": 1}\')'
        )
    newer.close()
    assert [event for _, _, event in journal.records()] == [e.Warned("known"), e.Warned("m")]
    assert journal.skipped == 3
    journal.close()


def test_a_newer_format_is_refused(path: Path) -> None:
    Journal.create(path).close()
    with sqlite3.connect(path) as newer:
        newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(StorageError, match="newer Cellwall"):
        Journal.open(path)


def test_a_journal_is_never_made_in_anothers_place(path: Path) -> None:
    Journal.create(path).close()
    before = path.read_bytes()
    with pytest.raises(StorageError, match="exists already"):
        Journal.create(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("read_only", [False, True])
def test_a_missing_journal_is_named(path: Path, read_only: bool) -> None:
    with pytest.raises(StorageError, match="no journal at"):
        Journal.open(path, read_only=read_only)
    assert not path.exists()


def spoil_empty(path: Path) -> None:
    path.write_bytes(b"")


def spoil_text(path: Path) -> None:
    path.write_bytes(b"not a database, " * 100)


def spoil_cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def spoil_middle(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096 : len(content)] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)


@pytest.mark.parametrize("spoil", [spoil_empty, spoil_text, spoil_cut, spoil_middle])
@pytest.mark.parametrize("read_only", [False, True])
def test_a_torn_file_gives_a_clear_error(path: Path, spoil: object, read_only: bool) -> None:
    journal = Journal.create(path)
    for number in range(60):
        journal.append(e.Warned(f"{number}" * 50), 0.0)
    journal.close()
    assert callable(spoil)
    spoil(path)
    with pytest.raises(StorageError, match=r"journal\.sqlite3.*(torn|restore)"):
        read(path, read_only=read_only)


WRITER = """
import sys
from pathlib import Path
from cellwall.migrate import events as e
from cellwall.migrate.journal import Journal
journal = Journal.open(Path(sys.argv[1]))
for number in range(100_000):
    journal.append(e.Warned(str(number)), float(number))
    print(number, flush=True)
"""


def test_kill_9_loses_nothing_that_append_returned_for(path: Path) -> None:
    Journal.create(path).close()
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout
        said = [int(writer.stdout.readline()) for _ in range(40)]
        writer.send_signal(signal.SIGKILL)
        said += [int(line) for line in writer.stdout if line.endswith("\n")]
    found = read(path, read_only=True)
    assert found[: len(said)] == [e.Warned(str(number)) for number in said]
    assert len(found) <= len(said) + 1
    journal = Journal.open(path)
    assert journal.append(e.Warned("after"), 0.0) == len(found) + 1
    journal.close()


CREATOR = """
import os, signal, sqlite3, sys
from pathlib import Path
from cellwall.migrate.journal import Journal
Path.rename = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
Journal.create(Path(sys.argv[1]))
"""


def test_a_kill_while_it_is_made_leaves_no_half_journal(path: Path) -> None:
    assert (
        subprocess.run([sys.executable, "-c", CREATOR, str(path)], check=False).returncode == -signal.SIGKILL
    )
    assert not path.exists()
    Journal.create(path).close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


@pytest.mark.needs_mount
def test_a_full_disk_keeps_the_old_content_and_appending_goes_on_later(disk, fill):
    with disk(512) as folder:
        journal = Journal.create(folder / "journal.sqlite3")
        journal.append(e.Warned("old"), 0.0)
        fill(folder)
        with pytest.raises(StorageError, match=r"cannot append.*(full|I/O).*(space|df)"):
            for _ in range(100):
                journal.append(e.Warned("x" * 4000), 0.0)
        kept = len(list(journal.records()))
        assert kept >= 1
        (folder / "ballast").unlink()
        journal.append(e.Warned("new"), 0.0)
        journal.close()
        found = read(folder / "journal.sqlite3")
        assert found[0] == e.Warned("old")
        assert found[kept:] == [e.Warned("new")]


@pytest.mark.needs_mount
def test_a_full_disk_leaves_nothing_of_a_journal_that_was_not_made(disk, fill):
    with disk(64) as folder:
        fill(folder)
        with pytest.raises(StorageError, match="cannot create the journal"):
            Journal.create(folder / "journal.sqlite3")
        assert [file.name for file in folder.iterdir()] == ["ballast"]


@pytest.mark.needs_mount
def test_a_read_only_disk_is_told_and_its_journal_can_be_read(disk, read_only):
    with disk(512) as folder:
        path = folder / "journal.sqlite3"
        journal = Journal.create(path)
        journal.append(e.Warned("old"), 0.0)
        journal.close()
        with read_only(folder):
            assert read(path, read_only=True) == [e.Warned("old")]
            with pytest.raises(StorageError, match=r"read-?only|unable to open"):
                Journal.open(path)
        assert read(path) == [e.Warned("old")]
