"""Connections that a module keeps."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "shared-connection"
FOUND = [
    pytest.param(
        """
        import sqlite3
        conn = sqlite3.connect('x.db')
        def get(i):
            return conn.execute('select 1').fetchone()
        """,
        [2],
        id="session kept: connection module",
    ),
]
SILENT = [
    pytest.param(
        """
        import sqlite3
        connection = sqlite3.connect('x.db')
        connection.execute('select 1')
        """,
        id="nothing uses it in a function",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
