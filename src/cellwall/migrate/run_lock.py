"""One live run in a repository: flock on the shared lock file, for the life of the coordinator.

The kernel gives the lock back when the last process that has its descriptor is gone, so a killed run
never bars the next one. The gits that a run starts inherit the descriptor: who gets the lock therefore
knows that the run before *and its gits* are dead, and may remove what they left.

flock and the POSIX locks that SQLite puts on the same file are independent of each other on a local file
system; but closing any descriptor of a file drops all POSIX locks that the process has on it. So the
descriptor stays open until every connection of this process is closed. Windows is not supported: there
is no flock.
"""

import fcntl
import os
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, final

from cellwall.migrate.errors import RepositoryError
from cellwall.migrate.lock_file import SCHEMA, open_lock_file
from cellwall.migrate.storage_errors import as_storage_error

ATTEMPTS: Final = 40
PAUSE: Final = 0.05  # seconds; who only looks, or a dead run's last git, holds the lock for an instant


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock; `started` is in seconds since the epoch."""

    run_id: str
    pid: int
    host: str
    started: float

    def __str__(self) -> str:
        started = datetime.fromtimestamp(self.started, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        return f"run {self.run_id}, pid {self.pid}, started {started}, on {self.host}"


@final
class RunLock:
    """The right to run in a repository.

    Attributes:
        path: the lock file.
        fd: the descriptor that holds the lock; pass it to the gits of the run, and close it never.
        former: who held the lock when it was killed; None after an orderly end.
    """

    def __init__(self, path: Path, fd: int, former: Holder | None) -> None:
        self.path = path
        self.fd: int = fd
        self.former = former

    @classmethod
    def acquire(cls, path: Path, *, run_id: str, pid: int, host: str, started: float) -> "RunLock":
        """Take the lock, over from a dead holder if need be; old leases are void then.

        Raises:
            RepositoryError: another run is alive; one line with its pid, start and host.
            StorageError: the file cannot be written.
        """
        with as_storage_error("open the lock file", path):
            fd = _lock(path, host)
        try:
            with as_storage_error("write the lock file", path):
                former = _write_holder(path, fd, Holder(run_id, pid, host, started))
        except BaseException:
            os.close(fd)
            raise
        return cls(path, fd, former)

    def release(self, *, remove: bool = False) -> None:
        """Give the lock back, and remove the file on request; close every LeaseTable before."""
        if self.fd < 0:
            return
        try:
            with as_storage_error("write the lock file", self.path):
                _clear_holder(self.path)
                if remove:
                    self.path.unlink()
        finally:
            os.close(self.fd)
            self.fd = -1


def live_holder(path: Path) -> Holder | None:
    """Tell who holds the lock now; None when nobody does. Not for the process that holds it."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RepositoryError(f"cannot read {path}: {error.strerror}") from error
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return read_holder(path)
    finally:
        os.close(fd)
    return None


def read_holder(path: Path) -> Holder | None:
    """Read who wrote the file last and did not end in order; alive or dead."""
    try:
        with closing(open_lock_file(path)) as connection:
            row = connection.execute("SELECT run_id, pid, host, started FROM holder").fetchone()
    except sqlite3.Error:
        return None
    return Holder(*row) if row else None


def _lock(path: Path, host: str) -> int:
    """Open and lock the file; look after locking that it is still the one under that name."""
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(PAUSE)
        try:
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except FileNotFoundError:  # `undo` has just removed the folder with the file
            path.parent.mkdir(mode=0o700, exist_ok=True)
            continue
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_named(fd, path):
                return fd
        except BlockingIOError:
            if (holder := read_holder(path)) and holder.host == host and _is_alive(holder.pid):
                os.close(fd)
                raise _busy(holder) from None
        except BaseException:
            os.close(fd)
            raise
        os.close(fd)
    raise _busy(read_holder(path))


def _busy(holder: Holder | None) -> RepositoryError:
    who = f" ({holder})" if holder else ""
    return RepositoryError(f"another run is alive in this repository{who}; wait for it or stop it")


def _is_named(fd: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), path.lstat())
    except FileNotFoundError:
        return False


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _write_holder(path: Path, fd: int, holder: Holder) -> Holder | None:
    try:
        return _replace_holder(path, holder)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:  # torn, and we hold the lock: nothing in it outlives its run
        os.ftruncate(fd, 0)
        return _replace_holder(path, holder)


def _replace_holder(path: Path, holder: Holder) -> Holder | None:
    with closing(open_lock_file(path)) as connection:
        connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA}")
        row = connection.execute("SELECT run_id, pid, host, started FROM holder").fetchone()
        connection.execute("DELETE FROM leases")
        connection.execute(
            "INSERT OR REPLACE INTO holder VALUES (1, ?, ?, ?, ?)",
            (holder.run_id, holder.pid, holder.host, holder.started),
        )
        connection.execute("COMMIT")
    return Holder(*row) if row else None


def _clear_holder(path: Path) -> None:
    with closing(open_lock_file(path)) as connection:
        connection.executescript("BEGIN IMMEDIATE; DELETE FROM leases; DELETE FROM holder; COMMIT;")
