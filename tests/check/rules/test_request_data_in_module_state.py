"""Data of a request in a container of the module."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "request-data-in-module-state"
FOUND = [
    pytest.param(
        """
        from fastapi import FastAPI
        app = FastAPI()
        seen = []
        @app.get("/")
        async def handler(q: str):
            keep(q)
        def keep(user):
            seen.append(user)
        """,
        [8],
        id="called by a handler",
    ),
    pytest.param(
        """
        from fastapi import FastAPI
        app = FastAPI()
        state: dict = {}
        @app.get("/")
        async def handler(q: str):
            state["last"] = q
        """,
        [6],
        id="a constant key",
    ),
]
SILENT = [
    pytest.param(
        """
        from fastapi import FastAPI
        app = FastAPI()
        store = {"queue": []}
        @app.put("/")
        async def f(entity_id):
            store["queue"] = [item for item in store["queue"] if item.id != entity_id]
        """,
        id="made of itself, with less in it",
    ),
    pytest.param(
        """
        from fastapi import FastAPI
        app = FastAPI()
        settings = {}
        @app.put("/admin/sandbox")
        async def toggle(enabled):
            settings["sandbox"] = enabled
        """,
        id="what administrators set for all",
    ),
    pytest.param(
        """
        import asyncio
        from fastapi import FastAPI
        app = FastAPI()
        tasks = set()
        @app.post("/")
        async def f(user):
            def done(task):
                tasks.discard(task)
            task = asyncio.create_task(invite(user.email))
            tasks.add(task)
            task.add_done_callback(done)
        """,
        id="taken out again when it is done",
    ),
    pytest.param(
        """
        from fastapi import FastAPI
        app = FastAPI()
        state = {}
        @app.get("/")
        async def handler(key: str, q: str):
            state[key] = q
        """,
        id="its own key",
    ),
    pytest.param(
        """
        from fastapi import FastAPI
        app = FastAPI()
        seen = set()
        @app.get("/")
        async def handler(sid: str):
            seen.add(sid)
        """,
        id="a set of ids",
    ),
    pytest.param(
        """
        from fastapi import FastAPI
        app = FastAPI()
        running = []
        @app.get("/")
        async def handler(q: str):
            running.append(q)
            try:
                await work()
            finally:
                running.remove(q)
        """,
        id="taken out again",
    ),
    pytest.param(
        """
        from fastapi import FastAPI
        app = FastAPI()
        seen = []
        @app.get("/")
        async def handler(q: str):
            seen = []
            seen.append(q)
        """,
        id="a local of the same name",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
