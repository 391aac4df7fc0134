"""The SQLite store's own matters: its file, its handles, its troubles."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from cellwall import AnalyticsLog, UserExecutionContext
from cellwall.runtime.analytics import Buffering, SQLiteAnalyticsStore
from cellwall.runtime.errors import StoreUnavailableError
from tests.full_collection import collect

LONG = Buffering(seconds=3600.0)


def open_files(folder: Path) -> int:
    links = Path("/proc/self/fd").iterdir()
    return sum(str(folder) in str(link.readlink()) for link in links if link.is_symlink())


def test_the_file_is_for_this_user_alone(tmp_path: Path, make_event: Any) -> None:
    store = SQLiteAnalyticsStore(tmp_path / "deep" / "events.sqlite3")
    store.write([make_event("ada")])
    for file in (tmp_path / "deep").iterdir():
        assert file.stat().st_mode & 0o077 == 0, file.name
    assert (tmp_path / "deep").stat().st_mode & 0o077 == 0
    store.close()


def test_two_connections_however_many_threads(tmp_path: Path, make_event: Any) -> None:
    store = SQLiteAnalyticsStore(tmp_path / "events")
    for number in range(8):
        event = make_event(f"user-{number}")
        threads = [threading.Thread(target=store.write, args=([event],)) for _ in range(2)]
        threads.append(threading.Thread(target=store.of_user, args=(event.user_id,)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert 0 < open_files(tmp_path) <= 6  # the database, its log and its index, twice
    store.close()
    assert open_files(tmp_path) == 0


def test_a_forgotten_store_leaves_nothing_open(tmp_path: Path, make_event: Any) -> None:
    store = SQLiteAnalyticsStore(tmp_path / "events")
    store.write([make_event("ada")])
    store.of_user("ada")
    del store
    collect()
    assert open_files(tmp_path) == 0


def test_a_removed_file_is_made_anew(tmp_path: Path, make_event: Any) -> None:
    store = SQLiteAnalyticsStore(tmp_path / "events")
    store.write([make_event("ada", "lost with the file")])
    store.of_user("ada")
    for file in tmp_path.iterdir():
        file.unlink()
    store.write([make_event("ada", "in the new file")])
    assert [event.name for event in store.of_user("ada")] == ["in the new file"]
    store.close()


def test_a_file_of_something_else_is_left_alone(tmp_path: Path, ada: UserExecutionContext) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no database" * 1000)
    log = AnalyticsLog(SQLiteAnalyticsStore(path), buffering=LONG)
    log.track_event("view", user_context=ada)
    with pytest.raises(StoreUnavailableError, match="not a database"):
        log.query_events(user_id="ada")
    log.close()
    assert path.read_text() == "no database" * 1000


def test_a_held_file_is_waited_for_and_then_told(tmp_path: Path, ada: UserExecutionContext) -> None:
    path = tmp_path / "events"
    log = AnalyticsLog(SQLiteAnalyticsStore(path, busy_seconds=0.05), buffering=LONG)
    log.track_event("first", user_context=ada)
    log.flush()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    log.track_event("second", user_context=ada)
    with pytest.raises(StoreUnavailableError, match=r"locked.*who else holds it"):
        log.flush()
    holder.execute("ROLLBACK")
    holder.close()
    assert [event.name for event in log.query_events(user_id="ada")] == ["first", "second"]
    log.close()


def test_a_batch_is_kept_whole_or_not_at_all(tmp_path: Path, make_event: Any) -> None:
    store = SQLiteAnalyticsStore(tmp_path / "events")
    broken: Any = make_event("ada", None)
    with pytest.raises(sqlite3.IntegrityError):
        store.write([make_event("bob"), broken])
    assert store.of_user("bob") == []
    store.write([make_event("bob")])
    assert len(store.of_user("bob")) == 1
    store.close()


@pytest.mark.needs_mount
def test_a_full_disk_is_told_and_survived(
    disk: Callable[[int], AbstractContextManager[Path]],
    fill: Callable[[Path], None],
    ada: UserExecutionContext,
    bob: UserExecutionContext,
) -> None:
    with disk(2048) as folder:
        log = AnalyticsLog(SQLiteAnalyticsStore(folder / "events"), buffering=LONG)
        log.track_event("before", user_context=ada)
        log.flush()
        fill(folder)
        for number in range(20):
            log.track_event("during", user_context=ada, number=number, text="x" * 4000)
        with pytest.raises(StoreUnavailableError, match=r"(full|I/O).*df -h"):
            log.query_events(user_id="ada")
        log.track_event("of bob", user_context=bob)
        (folder / "ballast").unlink()
        found = log.query_events(user_id="ada")
        assert [event.name for event in found] == ["before"] + ["during"] * 20
        assert [event.properties["number"] for event in found[1:]] == list(range(20))
        assert [event.name for event in log.query_events(user_id="bob")] == ["of bob"]
        log.close()
