"""What goes on after the request with what is the request's."""

from collections.abc import Callable

import pytest

from cellwall.check.engine import check_source
from cellwall.check.finding import Severity
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.settings import CheckSettings

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
    pytest.param(
        """
        from fastapi import FastAPI
        from threading import Timer
        app = FastAPI()
        @app.get("/")
        def f(conn):
            def later():
                conn.execute("DELETE FROM drafts")
            Timer(60, later).start()
        """,
        [8],
        id="an inner function that uses it",
    ),
]
SILENT = [
    pytest.param(
        """
        import asyncio
        from fastapi import FastAPI
        app = FastAPI()
        @app.get("/")
        async def f(request, db_session):
            set_db_session_keep_open(request.state, True)
            asyncio.create_task(work(db_session))
        """,
        id="kept open for the task",
    ),
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


def test_what_the_framework_runs_is_only_told(settings: CheckSettings) -> None:
    """Some versions of FastAPI close a dependency's session before the background tasks, others after."""
    source = (
        b"from fastapi import FastAPI\napp = FastAPI()\n@app.get('/')\n"
        b"def f(db, background_tasks):\n    background_tasks.add_task(work, db)\n"
    )
    chosen = settings._replace(rules=(RULE,))
    found = check_source("app/main.py", source, chosen, ProjectFacts()).findings
    assert [finding.severity for finding in found] == [Severity.INFO]
