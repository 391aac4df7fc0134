"""The gate "many users": a test that sees another user's data refuses the patch, a collision does not."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from cellwall.migrate.gates.gate import Subject
from cellwall.migrate.gates.many_users import ManyUsersGate
from cellwall.project.config import TestSettings
from cellwall.testing.measured import AsMany, Outcome, Outcomes

Make = Callable[..., Subject]
PATH = "tests/test_visit.py"
HONEST = "async def test_visit(user_context):\n    pass\n"
INI = "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n"
SERVICE = """
import asyncio, pytest
class Desk:
    user = None
    async def who(self, context):
        {keep}
        await asyncio.sleep(0)
        return {give}
@pytest.fixture
def desk(): return Desk()
async def test_visit(desk, user_context):
    assert await desk.who(user_context) == user_context.user_id
"""
LEAKY = SERVICE.format(keep="self.user = context.user_id", give="self.user")
WALLED = SERVICE.format(keep="pass", give="context.user_id")
COLLIDING = """
import pytest
@pytest.fixture
def names(): return set()
async def test_visit(names, user_context):
    assert "ada@example.com" not in names
    names.add("ada@example.com")
"""
LEAN = TestSettings(arguments=("-p", "no:hypothesispytest", "-p", "no:xdist"), timeout=60)


def told(base: dict[str, str], patched: dict[str, str]) -> ManyUsersGate:
    """Give a gate that is told the verdict of each test."""

    def measure(subject: Subject, workspace: Path, paths: Sequence[str]) -> Outcomes:
        verdicts = base if workspace == subject.base_dir else patched
        return Outcomes(
            {
                f"{PATH}::{name}": Outcome(name, "passed", as_many=AsMany(verdict, "why", users))
                for name, verdict in verdicts.items()
                for users in [0 if verdict == "alone" else 10]
            }
        )

    return ManyUsersGate(measure=measure)


def test_a_new_leak_refuses(make_subject: Make) -> None:
    gate = told({"test_a": "passed"}, {"test_a": "leak", "test_b": "passed"})
    verdict = gate.judge(make_subject({PATH: ""}, {PATH: HONEST}))
    assert not verdict.passed
    assert verdict.evidence == f"{PATH}::test_a leaks as 10 users: why"
    assert verdict.figures["new_leaks"] == [f"{PATH}::test_a"]
    assert verdict.figures["verdicts"] == {"leak": 1, "passed": 1}


def test_a_leak_that_was_there_is_named(make_subject: Make) -> None:
    gate = told({"test_a": "leak"}, {"test_a": "leak"})
    verdict = gate.judge(make_subject({PATH: ""}, {PATH: HONEST}))
    assert verdict.passed
    assert f"{PATH}::test_a leaks as before" in verdict.evidence
    assert verdict.figures["leaks"] == [f"{PATH}::test_a"]
    assert verdict.figures["new_leaks"] == []


def test_what_was_explored_is_shown(make_subject: Make) -> None:
    explored = AsMany("passed", "", 10, 41, schedules=40, swept=9, points=12, not_covered=("a socket",))
    outcomes = Outcomes({f"{PATH}::test_{n}": Outcome(n, "passed", as_many=explored) for n in "ab"})
    verdict = ManyUsersGate(measure=lambda *_: outcomes).judge(make_subject({PATH: ""}, {PATH: HONEST}))
    assert verdict.evidence.startswith("2 tests ran as 10 users under 80 schedules, cancelled at 18 of 24 ")
    assert "points, no new leak; not covered: a socket" in verdict.evidence
    assert (verdict.figures["schedules"], verdict.figures["points"]) == (80, 24)
    assert verdict.figures["not_covered"] == ["a socket"]


def test_collisions_and_ordinary_failures_refuse_nothing(make_subject: Make) -> None:
    gate = told({}, {"test_a": "collision", "test_b": "fails for one user too", "test_c": "alone"})
    verdict = gate.judge(make_subject({PATH: ""}, {PATH: HONEST}))
    assert verdict.passed
    assert f"{PATH}::test_a: collision: why" in verdict.evidence
    assert verdict.figures["tests"] == 2


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("def test_it(): pass\n", "no test of this patch takes user_context"),
        ("# user_context\ndef test_it(): pass\n", "no test of this patch takes user_context"),
        ("def test_it(:  # user_context\n", "no test of this patch takes user_context"),
    ],
)
def test_what_takes_no_context_is_not_run(make_subject: Make, text: str, evidence: str) -> None:
    verdict = told({}, {"test_a": "leak"}).judge(make_subject({PATH: ""}, {PATH: text}))
    assert (verdict.passed, verdict.evidence, verdict.figures) == (True, evidence, {"ran": False})


def test_a_target_without_the_plugin_is_not_measured(make_subject: Make) -> None:
    lost = Outcomes(overridden=("--concurrent-users=10 (unknown to the installed pytest)",))
    gate = ManyUsersGate(measure=lambda *_: lost)
    verdict = gate.judge(make_subject({PATH: ""}, {PATH: HONEST}))
    assert verdict.passed
    assert verdict.evidence == "not measured: the target's pytest has no plugin of Cellwall's"


@pytest.mark.parametrize(
    ("tests", "passed", "words"),
    [
        (LEAKY, False, f"{PATH}::test_visit leaks as 10 users: u2 saw what is u10's own"),
        (WALLED, True, "1 test ran as 10 users, no new leak"),
        (COLLIDING, True, f"{PATH}::test_visit: collision: all users share the constant 'ada@example.com'"),
    ],
    ids=["leaky", "walled", "colliding"],
)
def test_by_real_pytest(make_subject: Make, tests: str, passed: bool, words: str) -> None:
    base = {"pytest.ini": INI, PATH: "def test_old(): pass\n"}
    verdict = ManyUsersGate().judge(make_subject(base, {**base, PATH: tests}, tests=LEAN))
    assert words in verdict.evidence
    assert verdict.passed is passed
