"""The shared lock file of a repository as a SQLite file: its tables, and how it is opened.

It holds who runs (see run_lock) and who may change which path (see leases). It may be removed by the run
that holds it, so it is opened only by who holds its flock, or to read.
"""

import sqlite3
from pathlib import Path
from typing import Final

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS holder(
    one INTEGER PRIMARY KEY CHECK (one = 1), run_id TEXT NOT NULL, pid INTEGER NOT NULL,
    host TEXT NOT NULL, started REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS counter(
    one INTEGER PRIMARY KEY CHECK (one = 1), token INTEGER NOT NULL
) STRICT;
INSERT OR IGNORE INTO counter VALUES (1, 0);
CREATE TABLE IF NOT EXISTS leases(
    path BLOB PRIMARY KEY, run_id TEXT NOT NULL, batch TEXT NOT NULL,
    token INTEGER NOT NULL, expires REAL NOT NULL
) STRICT;
"""
LATEST_LEASE: Final = "SELECT run_id, batch, token, expires FROM leases WHERE path = ?"


def open_lock_file(path: Path) -> sqlite3.Connection:
    """Open the file, which exists; transactions are the caller's, by BEGIN IMMEDIATE."""
    uri = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=10, check_same_thread=False)
