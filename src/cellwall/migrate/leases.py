"""Leases on paths with fencing tokens, in the shared lock file: who may change what, proven at merge time.

Each grant gets a token greater than every token before it, and writes it beside each of its paths. A
lease is valid as long as its token stands beside its paths; past its expiry it does so until somebody else
is granted one of them, and then it loses all of them at once. So two valid leases never share a path, and
an agent that was stopped, replaced and continued has a token that no longer fits (M. Kleppmann, "How to
do distributed locking", 2016). Time is an argument.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import final

from cellwall.migrate.errors import StaleLeaseError
from cellwall.migrate.lock_file import LATEST_LEASE, open_lock_file
from cellwall.migrate.storage_errors import as_storage_error


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to change a batch's paths until `expires`; `token` proves it at merge time."""

    token: int
    expires: float


@dataclass(frozen=True, slots=True)
class Held:
    """Why a lease was refused: `path` is held by the batch `holder` until `expires`."""

    path: str
    holder: str
    expires: float


@final
class LeaseTable:
    """The leases of one run, in the lock file that its RunLock holds.

    Every method raises StorageError when the file cannot be read or written.
    """

    def __init__(self, path: Path, run_id: str) -> None:
        self._path = path
        self._run_id = run_id
        with as_storage_error("open the lock file", path):
            self._connection = open_lock_file(path)

    def grant(self, batch_id: str, paths: Iterable[str], *, now: float, seconds: float) -> Lease | Held:
        """Give the batch all the paths, or tell which path another unexpired lease covers.

        A lease of the same batch counts as another's: release it before its agent is replaced.
        """
        wanted = tuple(dict.fromkeys(paths))
        with self._transaction() as connection:
            expired = set()
            for path in wanted:
                if row := connection.execute(LATEST_LEASE, (os.fsencode(path),)).fetchone():
                    _, holder, token, expires = row
                    if expires > now:
                        return Held(path, holder, expires)
                    expired.add((token,))
            connection.executemany("DELETE FROM leases WHERE token = ?", sorted(expired))
            connection.execute("UPDATE counter SET token = token + 1")
            (token,) = connection.execute("SELECT token FROM counter").fetchone()
            connection.executemany(
                "INSERT INTO leases VALUES (?, ?, ?, ?, ?)",
                [(os.fsencode(path), self._run_id, batch_id, token, now + seconds) for path in wanted],
            )
        return Lease(token, now + seconds)

    def renew(self, batch_id: str, token: int, *, now: float, seconds: float) -> Lease:
        """Move the expiry; raises StaleLeaseError once any of the paths was granted to another."""
        with self._transaction() as connection:
            moved = connection.execute(
                "UPDATE leases SET expires = ? WHERE run_id = ? AND batch = ? AND token = ?",
                (now + seconds, self._run_id, batch_id, token),
            ).rowcount
            if not moved:
                raise StaleLeaseError(f"batch {batch_id}: lease {token} is gone; work done under it is void")
        return Lease(token, now + seconds)

    def release(self, batch_id: str, token: int) -> None:
        """Give back what is still held under this token; releasing twice is harmless."""
        with self._transaction() as connection:
            connection.execute(
                "DELETE FROM leases WHERE run_id = ? AND batch = ? AND token = ?",
                (self._run_id, batch_id, token),
            )

    def check(self, batch_id: str, paths: Iterable[str], token: int, now: float) -> None:
        """Prove at merge time that the lease is still the one on every path; late but not replaced is fine.

        Raises:
            StaleLeaseError: a path was released, or was granted to another after the lease had expired.
        """
        with as_storage_error("read the lock file", self._path):
            for path in paths:
                row = self._connection.execute(LATEST_LEASE, (os.fsencode(path),)).fetchone()
                if row is None or row[:3] != (self._run_id, batch_id, token):
                    raise StaleLeaseError(
                        f"batch {batch_id} comes too late for {path}: lease {token} is gone,"
                        f" {_whose(row, now)}"
                    )

    def close(self) -> None:
        """Close the file; to be done before the RunLock is released."""
        self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with as_storage_error("write the lock file", self._path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")


def _whose(row: tuple[str, str, int, float] | None, now: float) -> str:
    if row is None:
        return "nobody holds it now"
    return f"batch {row[1]} holds it (lease {row[2]}, {row[3] - now:.0f} s left)"
