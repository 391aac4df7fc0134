"""Turns what a disk or SQLite says into StorageError: what could not be done, where, and what to try."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cellwall.migrate.errors import StorageError

ADVICE: Final = {
    errno.ENOSPC: "free some space, then `cellwall resume`",
    errno.EDQUOT: "free some space or raise the quota, then `cellwall resume`",
    errno.EROFS: "make the file system writable, then `cellwall resume`",
    errno.EACCES: "give yourself the right to write there, then `cellwall resume`",
    errno.EIO: "the disk itself failed: look at the system's log",
}
SQLITE_ADVICE: Final = {
    "full": ADVICE[errno.ENOSPC],
    "readonly": ADVICE[errno.EROFS],
    "disk I/O error": "the disk is full, read-only or failing: look at `df` and the system's log",
    "malformed": "the file is torn or was changed by something else: restore it, or `cellwall undo`",
    "not a database": "the file is torn or was changed by something else: restore it, or `cellwall undo`",
    "locked": "another process holds the file: look who has it open, then `cellwall resume`",
}
TEXTS: Final = {  # what git's own messages say, for git is a process and raises no OSError
    "No space left on device": ADVICE[errno.ENOSPC],
    "Disk quota exceeded": ADVICE[errno.EDQUOT],
    "Read-only file system": ADVICE[errno.EROFS],
    "Input/output error": ADVICE[errno.EIO],
}


@contextmanager
def as_storage_error(action: str, path: Path) -> Iterator[None]:
    """Give errors of the disk and of SQLite as StorageError; `action` is e.g. "write the patch"."""
    try:
        yield
    except sqlite3.Error as error:
        raise StorageError(f"cannot {action} {path}: {error}; {_sqlite_advice(str(error))}") from error
    except OSError as error:
        advice = ADVICE.get(error.errno or 0, "see that the folder exists and is yours")
        raise StorageError(f"cannot {action} {path}: {error.strerror or error}; {advice}") from error


def storage_advice(text: str) -> str:
    """Give what to try if the text of another program's error tells of a failing disk, else ""."""
    return next((advice for phrase, advice in TEXTS.items() if phrase in text), "")


def _sqlite_advice(text: str) -> str:
    found = (advice for phrase, advice in SQLITE_ADVICE.items() if phrase in text)
    return next(found, "see that the folder exists and is yours")
