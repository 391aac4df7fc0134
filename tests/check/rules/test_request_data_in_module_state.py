"""Data of a request in a container of the module."""

import ast
from collections.abc import Callable
from textwrap import dedent

import pytest

from cellwall.check.file_kind import FileKind
from cellwall.check.gate import GatedSource
from cellwall.check.rules.request_data_in_module_state import RequestDataInModuleState
from cellwall.check.settings import CheckSettings
from tests.check.spacing import layouts

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


APP = "from fastapi import FastAPI, Request\nimport app.state\nfrom app import given, kept, state\n"
APP += "from app.state import PROFILES, RECENT, limits, made\nfrom app.state import PROFILES as profiles\n\n"
APP += "api = FastAPI()\n\n\n@api.post('/me')\nasync def me(request: Request, name: str, user_id: str):\n"
FILES = {
    "app/state.py": "from collections import deque\n\nPROFILES = {}\nRECENT: deque[str] = deque(maxlen=9)\n"
    "made = make()\n\n\nclass limits:\n    pass\n",
    "app/__init__.py": "from .state import PROFILES as kept\nfrom lib import given\n",
}
ELSEWHERE = [
    "PROFILES['current'] = request.headers['x-user']",
    "PROFILES['current'] += name",
    "PROFILES['current']: str = name",
    "profiles['current'] = name",
    "kept['current'] = name",
    "state.PROFILES['current'] = name",
    "app.state.PROFILES['current'] = name",
    "RECENT.append(name)",
    "PROFILES.update(last=name)",
]


@pytest.mark.parametrize("change", ELSEWHERE)
def test_what_another_module_keeps(lines: Lines, change: str) -> None:
    assert lines(RULE, f"{APP}    {change}\n", path="app/main.py", files=FILES) == [12]
    prefixed = {f"src/{path}": text for path, text in FILES.items()}
    assert lines(RULE, f"{APP}    {change}\n", path="src/app/main.py", files=prefixed) == [12]


@pytest.mark.parametrize(
    "change",
    [
        "PROFILES[user_id] = name",
        "PROFILES['count'] = 1",
        "PROFILES.get(name)",
        "made['current'] = name",
        "limits['current'] = name",
        "given['current'] = name",
        "PROFILES = {}\n    PROFILES['current'] = name",
        "PROFILES['current'] = name\n    del PROFILES['current']",
        "state.PROFILES['current'] = name\n    state.PROFILES.pop('current')",
    ],
)
def test_what_another_module_keeps_otherwise(lines: Lines, change: str) -> None:
    assert lines(RULE, f"{APP}    {change}\n", path="app/main.py", files=FILES) == []


def test_what_administrators_set_for_all(lines: Lines) -> None:
    source = APP.replace("user_id: str", "_=Depends(require_admin)") + "    PROFILES.update({'load': name})\n"
    assert lines(RULE, source, path="app/main.py", files=FILES) == []
    assert lines(RULE, source.replace("_admin", "_login"), path="app/main.py", files=FILES) == [12]


def test_only_where_requests_are_answered(lines: Lines) -> None:
    source = "from app.state import PROFILES\n\n\ndef keep(user):\n    PROFILES['current'] = user\n"
    assert lines(RULE, source, path="app/keep.py", files=FILES) == []


@pytest.mark.parametrize("change", ELSEWHERE)
def test_another_module_passes_the_gate_in_every_layout(change: str, settings: CheckSettings) -> None:
    gate = RequestDataInModuleState().gate(settings)
    for layout, source in layouts(dedent(f"{APP}    {change}\n")):
        ast.parse(source)
        assert GatedSource(source.encode(), FileKind.SERVICE).passes(gate), layout
