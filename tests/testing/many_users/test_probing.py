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
    assert f"probed 1 test: {LINE}" in found.text
    assert ("next, the user who came after u1 on the same task, in body" in found.text) == (verdict == "leak")


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
    assert ("next, the user who came after u1 on the same task, in probe" in found.text) == (
        verdict == "leak"
    )


def test_a_number_that_tells_of_others_is_something_to_look_at(run_pytest: RunPytest) -> None:
    test = "import pytest\n" + NOTES.format(bound="True").replace(
        "async def test_it", "@pytest.mark.isolation(presence=True)\nasync def test_it"
    )
    found = run_pytest(test, "--concurrent-users", "3", probes=True)
    assert found.verdicts() == {"test_it": "passed"}, found.text
    assert "presence of another" in found.text
    assert re.search(r"body.kept is [2-4] after another user was there, 1 without", found.text), found.text


def test_what_fails_once_for_a_user_who_is_alone_is_no_leak(run_pytest: RunPytest) -> None:
    test = """
tried = []
async def test_it(user_context):
    tried.append(1)
    assert len(tried) > 1
"""
    found = run_pytest(test, "--concurrent-users", "3", probes=True)
    assert found.verdicts() == {"test_it": "undecided"}, found.text


AGENT = """
import pytest
class Agent:
    def __init__(self, user, memory{default}):
        self.user, self.memory = user, memory
        memory.append(user)

@pytest.fixture
def memory():
    return []

KEPT = []

@pytest.fixture
def agent({needs}):
    return Agent(user_context.user_id{given})

async def test_it(agent, user_context):
    assert agent.user == user_context.user_id
"""
SHARED = "shared objects: u1['agent'].memory: list: u1['agent'].memory is next['agent'].memory"


@pytest.mark.parametrize(
    ("default", "needs", "given", "verdict"),
    [
        ("=[]", "user_context", "", "leak"),
        ("", "user_context, memory", ", memory", "passed"),
        ("", "user_context", ", KEPT", "passed"),
    ],
    ids=["default argument", "shared fixture", "global"],
)
def test_a_list_that_two_users_objects_share(
    run_pytest: RunPytest, default: str, needs: str, given: str, verdict: str
) -> None:
    test = AGENT.format(default=default, needs=needs, given=given)
    found = run_pytest(test, "--concurrent-users", "3", probes=True)
    assert found.verdicts() == {"test_it": verdict}, found.text
    assert SHARED in found.text
    assert ("make one for each user" in found.text) == (verdict == "leak")


def test_an_object_of_a_class_may_be_a_store_for_all(run_pytest: RunPytest) -> None:
    test = """
import functools, pytest
class Store:
    def __init__(self): self.rows = []
@functools.lru_cache
def store(): return Store()
class Desk:
    def __init__(self, context): self.store = store(); self.store.rows.append(context.user_id)
@pytest.fixture
def desk(user_context): return Desk(user_context)
async def test_it(desk, user_context):
    assert user_context.user_id in desk.store.rows
"""
    found = run_pytest(test, "--concurrent-users", "3", probes=True)
    assert found.verdicts() == {"test_it": "passed"}, found.text
    assert "Store: u1['desk'].store is next['desk'].store, holding values of" in found.text


def test_a_session_that_two_users_share_is_a_leak_though_it_holds_nothing(run_pytest: RunPytest) -> None:
    test = """
import functools, pytest
from sqlalchemy.orm import Session
@functools.lru_cache
def session(): return Session()
class Desk:
    def __init__(self): self.session = session()
@pytest.fixture
def desk(user_context): return Desk()
async def test_it(desk): pass
"""
    found = run_pytest(test, "--concurrent-users", "3", probes=True)
    assert found.verdicts() == {"test_it": "leak"}, found.text
    assert "u1['desk'].session is next['desk'].session" in found.text


def test_globals_that_keep_a_users_values_are_told_with_the_line_that_wrote_them(
    run_pytest: RunPytest,
) -> None:
    test = """
from contextvars import ContextVar
import pytest
CURRENT = ContextVar("current", default=None)
LAST = None
class Desk:
    seen = set()
    def ask(self, user):
        global LAST
        LAST = user
        self.seen.add(user)
@pytest.fixture(autouse=True)
def set_by_a_fixture(user_context):
    token = CURRENT.set(user_context.user_id)
    yield
    CURRENT.reset(token)
async def test_it(user_context):
    Desk().ask(user_context.user_id)
"""
    found = run_pytest(test, "--concurrent-users", "3", probes=True)
    assert found.verdicts() == {"test_it": "passed"}, found.text
    still = "still holds u1's values when the next request of the task begins; written at test_it.py"
    assert f"left behind: module global test_it.LAST: {still}:10" in found.text
    assert f"left behind: class attribute test_it.Desk.seen: {still}:11" in found.text
    assert "CURRENT" not in found.text


@pytest.mark.parametrize("slow", [False, True])
def test_the_first_user_and_the_next_come_before_all_others(run_pytest: RunPytest, slow: bool) -> None:
    """One who waits for time is joined by the others then: the test takes no user's time longer."""
    test = (
        f"SLOW = {slow}"
        + """
import asyncio
numbers, order = {}, []
async def test_it(user_context):
    number = numbers.setdefault(user_context.user_id, len(numbers) + 1)
    order.append(("begins", number))
    await asyncio.sleep(0)
    order.append(("ends", number))
    if SLOW: await asyncio.sleep(0.05)
    order.append(("leaves", number))
def test_after():
    alone = [(what, number) for number in (1, 2) for what in ("begins", "ends", "leaves")]
    assert order[:6] == (alone if not SLOW else [*alone[:5], ("begins", 3)])
    assert len(order) == 12
"""
    )
    found = run_pytest(test, "--concurrent-users", "3", probes=True)
    assert set(found.outcomes.values()) == {"passed"}, found.text


@pytest.mark.parametrize(
    ("declares", "verdict"),
    [
        ("@pytest.fixture(autouse=True)\ndef shared(allow_sharing): allow_sharing('/notes/')\n", "passed"),
        (
            "@pytest.fixture(autouse=True)\n"
            "def own(allow_sharing, user_context): allow_sharing('next', 'u1', 'u2', 'u3')\n",
            "passed",
        ),
        ("@pytest.fixture(autouse=True)\ndef shared(allow_sharing): allow_sharing('/rooms/')\n", "leak"),
    ],
    ids=["all", "each its own", "elsewhere"],
)
def test_what_others_may_read_is_declared_by_a_fixture(
    run_pytest: RunPytest, declares: str, verdict: str
) -> None:
    tests = NOTES.format(bound="False") + declares
    found = run_pytest(tests, "--concurrent-users", "3", probes=True)
    assert found.verdicts() == {"test_it": verdict}, found.text
    assert "values may be seen by or in" in found.text, "what is declared is shown"
    assert run_pytest(tests).outcomes == {"test_it": "passed"}
