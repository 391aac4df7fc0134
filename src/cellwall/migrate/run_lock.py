"""One live run in a repository: flock on the shared lock file for the process's life.

Windows is not supported: there is no flock.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock; `started` is in seconds since the epoch."""

    run_id: str
    pid: int
    host: str
    started: float


class RunLock:
    """The right to run in a repository. `fd` is the lock's descriptor; git children inherit it."""

    fd: int

    @classmethod
    def acquire(cls, path: Path, *, run_id: str, pid: int, host: str, started: float) -> "RunLock":
        """RepositoryError: another run is alive (one line: pid, start, host)."""
        raise NotImplementedError

    def release(self, *, remove: bool = False) -> None:
        raise NotImplementedError


def live_holder(path: Path) -> Holder | None:
    raise NotImplementedError
