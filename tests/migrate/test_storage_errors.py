"""What a disk or SQLite says becomes one error that names the file and what to try; other errors pass."""

import errno
import os
import sqlite3
from pathlib import Path

import pytest

from cellwall.migrate.errors import StaleLeaseError, StorageError
from cellwall.migrate.storage_errors import as_storage_error, storage_advice

PATH = Path("/some/file")


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "free some space"),
        (errno.EDQUOT, "quota"),
        (errno.EROFS, "make the file system writable"),
        (errno.EIO, "the disk itself failed"),
        (errno.EACCES, "the right to write"),
        (errno.ENOENT, "see that the folder exists"),
    ],
)
def test_errors_of_the_system(number: int, advice: str) -> None:
    with pytest.raises(StorageError) as told, as_storage_error("write", PATH):
        raise OSError(number, os.strerror(number))
    assert str(told.value).startswith(f"cannot write /some/file: {os.strerror(number)}; ")
    assert advice in str(told.value)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("database or disk is full", "free some space"),
        ("attempt to write a readonly database", "writable"),
        ("database disk image is malformed", "torn"),
        ("file is not a database", "torn"),
        ("database is locked", "another process"),
        ("something new", "see that the folder exists"),
    ],
)
def test_errors_of_sqlite(text: str, advice: str) -> None:
    with pytest.raises(StorageError, match=advice), as_storage_error("read", PATH):
        raise sqlite3.OperationalError(text)


def test_other_errors_pass() -> None:
    with pytest.raises(StaleLeaseError), as_storage_error("read", PATH):
        raise StaleLeaseError("late")


def test_what_git_says_of_the_disk() -> None:
    assert "free some space" in storage_advice("error: unable to write: No space left on device")
    assert "writable" in storage_advice("fatal: Unable to create 'x.lock': Read-only file system")
    assert storage_advice("fatal: not a git repository") == ""
