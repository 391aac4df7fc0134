"""One live run in a repository: refused beside a live one, taken over from a dead one, told to who looks."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cellwall.migrate import run_lock
from cellwall.migrate.errors import RepositoryError, StorageError
from cellwall.migrate.leases import Lease, LeaseTable
from cellwall.migrate.run_lock import Holder, RunLock, live_holder, read_holder

HOLDER = """
import os, subprocess, sys, time
from pathlib import Path
from cellwall.migrate.leases import LeaseTable
from cellwall.migrate.run_lock import RunLock
path = Path(sys.argv[1])
lock = RunLock.acquire(path, run_id="first", pid=os.getpid(), host="here", started=1756820701.0)
LeaseTable(path, "first").grant("a01-b001", ["a.py"], now=0, seconds=1e9)
child = subprocess.Popen(["sleep", "60"], pass_fds=[lock.fd] if len(sys.argv) > 2 else [])
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lock.sqlite3"


def acquire(path: Path, run_id: str = "second") -> RunLock:
    return RunLock.acquire(path, run_id=run_id, pid=os.getpid(), host="here", started=1.0)


@contextmanager
def other_process(path: Path, *arguments: str) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """Hold the lock in another process while the context lasts; give it, and its child's pid."""
    command = [sys.executable, "-c", HOLDER, str(path), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        child = int(process.stdout.readline())
        try:
            yield process, child
        finally:
            process.kill()
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)


def test_a_second_live_run_is_refused_with_pid_start_and_host(path: Path) -> None:
    with other_process(path) as (process, _):
        with pytest.raises(RepositoryError) as refusal:
            acquire(path)
        text = str(refusal.value)
        assert "\n" not in text
        assert f"run first, pid {process.pid}, started 2025-09-02 13:45:01 UTC, on here" in text
        assert live_holder(path) == Holder("first", process.pid, "here", 1756820701.0)


def test_a_killed_holders_lock_is_taken_over_and_its_leases_are_void(path: Path) -> None:
    with other_process(path) as (process, _):
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert live_holder(path) is None
        assert (dead := read_holder(path)) and dead.pid == process.pid
        lock = acquire(path)
        assert lock.former == Holder("first", process.pid, "here", 1756820701.0)
        leases = LeaseTable(path, "second")
        lease = leases.grant("a01-b001", ["a.py"], now=0, seconds=1)
        assert isinstance(lease, Lease)
        assert lease.token == 2, "tokens go on rising over runs"
        leases.close()
        lock.release()


def test_the_lock_lives_until_a_dead_runs_last_git_is_gone(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with other_process(path, "its child inherits the lock") as (process, child):
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert live_holder(path) is not None, "its child still has the descriptor"
        pauses = []
        monkeypatch.setattr(time, "sleep", lambda _: pauses.append(os.kill(child, signal.SIGKILL)))
        monkeypatch.setattr(run_lock, "ATTEMPTS", 10_000)
        acquire(path).release()
        assert pauses, "it waited for the child"


def test_after_an_orderly_release_nobody_holds_it(path: Path) -> None:
    lock = acquire(path)
    lock.release()
    lock.release()
    assert live_holder(path) is None
    again = acquire(path)
    assert again.former is None
    again.release(remove=True)
    assert not path.exists()
    assert live_holder(path) is None


def test_who_waits_does_not_get_a_file_that_was_removed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between opening and locking, the holder ends and removes the file, and another run makes a new one."""
    first = acquire(path, "first")
    third: list[RunLock] = []
    locked = run_lock.fcntl.flock

    def flock(fd: int, operation: int) -> None:
        monkeypatch.setattr(run_lock.fcntl, "flock", locked)
        first.release(remove=True)
        third.append(acquire(path, "third"))
        locked(fd, operation)  # succeeds: nobody else has the removed file

    monkeypatch.setattr(run_lock.fcntl, "flock", flock)
    with pytest.raises(RepositoryError, match="run third"):
        acquire(path, "second")
    assert (holder := live_holder(path)) and holder.run_id == "third"
    third[0].release()


def test_who_only_looks_does_not_bar_a_run_that_starts(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    acquire(path).release()
    looker = os.open(path, os.O_RDONLY)
    run_lock.fcntl.flock(looker, run_lock.fcntl.LOCK_SH)
    monkeypatch.setattr(time, "sleep", lambda _: run_lock.fcntl.flock(looker, run_lock.fcntl.LOCK_UN))
    lock = acquire(path)
    os.close(looker)
    assert (holder := live_holder(path)) and holder.run_id == "second"
    lock.release()


@pytest.mark.parametrize("content", [b"not a database at all " * 500, b"SQLite format 3\0" + b"\xff" * 9000])
def test_a_torn_lock_file_is_made_anew(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    lock = acquire(path)
    assert (holder := live_holder(path)) and holder.run_id == "second"
    lock.release()


def test_a_symlink_in_its_place_is_not_followed(path: Path, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    path.symlink_to(victim)
    with pytest.raises(StorageError, match=r"lock\.sqlite3"):
        acquire(path)
    with pytest.raises(RepositoryError):
        live_holder(path)
    assert victim.read_bytes() == b"precious"


@pytest.mark.needs_mount
def test_a_full_or_read_only_disk_is_told(disk, fill, read_only):
    with disk(256) as folder:
        path = folder / "lock.sqlite3"
        acquire(path).release()
        with read_only(folder), pytest.raises(StorageError, match="Read-only file system"):
            acquire(path)
        path.unlink()
        fill(folder)
        with pytest.raises(StorageError, match="lock file"):
            acquire(path)
        (folder / "ballast").unlink()
        acquire(path).release()
