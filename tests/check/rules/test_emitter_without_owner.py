"""Emitters that belong to nobody."""

from collections.abc import Callable

import pytest

from cellwall.check.engine import check_source
from cellwall.check.finding import Severity
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.settings import CheckSettings

Lines = Callable[..., list[int]]
RULE = "emitter-without-owner"
FOUND = {
    "made for nobody": "async def f(user, sockets):\n    return AgentEmitter(sockets)",
    "fetched for nobody": "async def f(user, pool):\n    return pool.get_event_emitter()",
    "sent by the module's": "out = SocketEmitter(hub)\ndef f(user):\n    out.emit_done('done', load(3))",
    "one of two says it": (
        "def f(user, hub):\n    e = RunEmitter(hub)\n    e.emit('a', to=user)\n    e.emit('b', load(3))"
    ),
}
SILENT = {
    "for a context": "async def f(user, pool, user_context):\n    return pool.create_emitter(user_context)",
    "for a session": "async def f(user, session):\n    return AgentEmitter(session=session)",
    "each event says it": "def f(user, hub):\n    e = RunEmitter(hub)\n    e.emit('a', user.id)",
    "nobody is known": "def f(hub):\n    return RunEmitter(hub)",
    "at the start": "def startup(user, hub):\n    return RunEmitter(hub)",
    "to a room": "out = SocketEmitter(hub)\ndef f(user):\n    out.emit('done', load(3), room=3)",
    "another class": "def f(user, hub):\n    return Emitters(hub)",
    "another method": "out = SocketEmitter(hub)\ndef f(user):\n    out.close()",
}


def expected(source: str) -> int:
    """Give the line of the first statement in the function."""
    rows = source.splitlines()
    return next(n for n, row in enumerate(rows, 1) if "def f(" in row) + 1


@pytest.mark.parametrize("source", FOUND.values(), ids=FOUND)
def test_found(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == [expected(source)]


@pytest.mark.parametrize("source", SILENT.values(), ids=SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []


def test_tests_are_left_alone(lines: Lines) -> None:
    assert lines(RULE, FOUND["made for nobody"], path="tests/test_runs.py") == []


def test_where_no_request_is_seen_it_is_only_told(settings: CheckSettings) -> None:
    made = "def f(user, hub):\n    return RunEmitter(hub)\n"
    handled = "from flask import Flask\napp = Flask('a')\n@app.route('/')\n" + made
    chosen = settings._replace(rules=(RULE,))
    reports = [check_source("app/runs.py", text.encode(), chosen, ProjectFacts()) for text in (made, handled)]
    assert [report.findings[0].severity for report in reports] == [Severity.INFO, Severity.WARNING]
