"""The probes of an ordinary test: who comes next on the same task, and what another's ids open."""

import re

import pytest

from tests.testing.many_users.conftest import RunPytest

LEFT = """
from contextvars import ContextVar
current = ContextVar("current", default=None)

async def serve(user):
    token = current.set(user)
    {leave}
    return user

async def test_it(user_context):
    assert current.get() is None
    assert await serve(user_context.user_id) == user_context.user_id
"""

NOTES = """
import pytest
from fastapi import FastAPI, HTTPException, Request
from cellwall.testing.clients import UserClient

def service():
    app, kept = FastAPI(), {{}}
    @app.post("/notes/{{name}}")
    async def write(name: str, request: Request):
        kept[name] = request.headers["authorization"], (await request.body()).decode()
    @app.get("/notes/{{name}}")
    async def read(name: str, request: Request):
        owner, text = kept[name]
        if {bound} and owner != request.headers["authorization"]:
            raise HTTPException(404)
        return {{"text": text, "kept": len(kept)}}
    return app

app = pytest.fixture(service)

async def test_it(app, user_context):
    async with UserClient(app, token=user_context.user_id) as user:
        await user.http.post(f"/notes/{{user_context.request_id}}", content=user_context.session_id)
        answer = await user.http.get(f"/notes/{{user_context.request_id}}")
        assert answer.json()["text"] == user_context.session_id
"""
LINE = (
    "next on the same task, one input of another, ids of another, kept for all, left behind, shared objects"
)


@pytest.mark.parametrize(("leave", "verdict"), [("pass", "leak"), ("current.reset(token)", "passed")])
def test_the_next_user_on_the_task(run_pytest: RunPytest, leave: str, verdict: str) -> None:
    found = run_pytest(LEFT.format(leave=leave), "--concurrent-users", "3", probes=True)
    assert found.verdicts() == {"test_it": verdict}, found.text
    assert f"probed 1 tests: {LINE}" in found.text
    assert ("next of 4 users, in body" in found.text) == (verdict == "leak")


def test_without_probes_nobody_comes_next(run_pytest: RunPytest) -> None:
    found = run_pytest(LEFT.format(leave="pass"), "--concurrent-users", "3")
    assert found.verdicts() == {"test_it": "passed"}, found.text
    assert "probed" not in found.text


@pytest.mark.parametrize(("bound", "verdict"), [("False", "leak"), ("True", "passed")])
@pytest.mark.parametrize("schedules", [(), ("--schedules", "3")], ids=["plain", "explored"])
def test_ids_of_another(run_pytest: RunPytest, bound: str, verdict: str, schedules: tuple[str, ...]) -> None:
    found = run_pytest(NOTES.format(bound=bound), "--concurrent-users", "3", *schedules, probes=True)
    assert found.verdicts() == {"test_it": verdict}, found.text
    assert ("ids of another: GET /notes/" in found.text) == (verdict == "leak")
    assert ("next of 4 users, in probe" in found.text) == (verdict == "leak")


def test_a_number_that_tells_of_others_is_something_to_look_at(run_pytest: RunPytest) -> None:
    test = "import pytest\n" + NOTES.format(bound="True").replace(
        "async def test_it", "@pytest.mark.isolation(presence=True)\nasync def test_it"
    )
    found = run_pytest(test, "--concurrent-users", "3", probes=True)
    assert found.verdicts() == {"test_it": "passed"}, found.text
    assert "presence of another" in found.text
    assert re.search(r"body.kept is [2-4] after another user was there, 1 without", found.text), found.text


def test_what_two_fixtures_share_is_something_to_look_at(run_pytest: RunPytest) -> None:
    test = """
import pytest
class Agent:
    def __init__(self, user, memory=[]):
        self.user, self.memory = user, memory
        memory.append(user)

@pytest.fixture
def agent(user_context):
    return Agent(user_context.user_id)

async def test_it(agent, user_context):
    assert agent.user == user_context.user_id
"""
    found = run_pytest(test, "--concurrent-users", "3", probes=True)
    assert found.verdicts() == {"test_it": "passed"}, found.text
    assert (
        "shared objects: u1['agent'].memory: list: u1['agent'].memory is next['agent'].memory" in found.text
    )


def test_what_everybody_may_read_is_declared_by_a_fixture(run_pytest: RunPytest) -> None:
    test = (
        NOTES.format(bound="False")
        + """
from cellwall.canary import active_watch

@pytest.fixture(autouse=True)
def shared():
    active_watch().book.allow("*", "/notes/")
"""
    )
    found = run_pytest(test, "--concurrent-users", "3", probes=True)
    assert found.verdicts() == {"test_it": "passed"}, found.text
