"""A session scoped to the thread."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "scoped-session-in-async"
FOUND = [
    pytest.param(
        """
        from sqlalchemy.orm import scoped_session as scoped, sessionmaker
        S = scoped(sessionmaker())
        async def load(): ...
        """,
        [2],
        id="under another name",
    ),
]
SILENT = [
    pytest.param(
        """
        from sqlalchemy.orm import scoped_session, sessionmaker
        S = scoped_session(sessionmaker(), scopefunc=current)
        async def load(): ...
        """,
        id="a scope of its own",
    ),
    pytest.param(
        """
        from sqlalchemy.orm import scoped_session, sessionmaker
        from sqlalchemy.ext.asyncio import async_sessionmaker
        S = scoped_session(sessionmaker())
        A = async_sessionmaker()
        async def load(): ...
        """,
        id="beside asynchronous sessions",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
