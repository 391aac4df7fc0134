"""What goes on after the request with what is the request's."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "task-outlives-request"
FOUND = [
    pytest.param(
        """
        from fastapi import FastAPI
        app = FastAPI()
        import asyncio
        @app.get("/")
        async def f(session):
            asyncio.ensure_future(work(session))
        """,
        [6],
        id="ensure_future",
    ),
]
SILENT = [
    pytest.param(
        """
        from fastapi import FastAPI
        app = FastAPI()
        import asyncio
        @app.get("/")
        async def f(db):
            await asyncio.gather(asyncio.create_task(work(db)))
        """,
        id="gathered",
    ),
    pytest.param(
        """
        from fastapi import FastAPI
        app = FastAPI()
        import asyncio
        @app.get("/")
        async def f(conn):
            task: object = asyncio.ensure_future(work(conn))
            await asyncio.wait_for(asyncio.shield(task), 1)
        """,
        id="shielded and waited for",
    ),
    pytest.param(
        """
        import asyncio
        async def f(db):
            asyncio.create_task(work(db))
        """,
        id="no handler",
    ),
    pytest.param(
        """
        from fastapi import FastAPI
        app = FastAPI()
        import asyncio
        @app.get("/")
        async def f(session):
            asyncio.create_task(work(session.id))
        """,
        id="only an id of it",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
