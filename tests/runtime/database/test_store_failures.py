"""Failures of a file are told as the user's own; failures of a statement stay what they are."""

import sqlite3

import pytest

from cellwall.runtime.database.store_failures import unavailable


def failed(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("secret detail")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    "code",
    [
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_READONLY | 4 << 8,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    ],
)
def test_the_file(code: int) -> None:
    told = unavailable(failed(code))
    assert told is not None and "this user's store" in str(told)
    assert "secret" not in str(told)


def test_the_system() -> None:
    assert "No space" in str(unavailable(OSError(28, "No space left on device", "/secret/path")))
    assert "secret" not in str(unavailable(OSError(28, "No space left on device", "/secret/path")))
    assert "closed" in str(unavailable(sqlite3.OperationalError("Connection closed")))


@pytest.mark.parametrize(
    "error", [failed(sqlite3.SQLITE_ERROR), failed(sqlite3.SQLITE_CONSTRAINT), ValueError()]
)
def test_the_statement(error: Exception) -> None:
    assert unavailable(error) is None
