"""What a session's members need."""

import ast

import pytest

from cellwall.check.edit import apply_edits
from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.reason import Reason
from cellwall.check.rule import Refusal
from cellwall.check.session_members import awaited_members
from cellwall.project.roles import Role

ROLE = Role("session", (), "open_it()", members=("add",), coroutines=("commit", "execute"))


def outcome(body: str, role: Role = ROLE) -> str | Refusal:
    facts = module_facts("tests/test_x.py", f"async def f(s):\n    {body}\n".encode(), ProjectFacts())
    assert isinstance(facts, ModuleFacts)
    function = facts.nodes.functions()[0]
    loads: list[ast.expr] = [n for n in facts.of(ast.Name) if n.id == "s" and isinstance(n.ctx, ast.Load)]
    edits = awaited_members(facts, function, loads, role)
    if isinstance(edits, Refusal):
        return edits
    return apply_edits(facts.source, edits).decode().split("\n", 1)[1].strip()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("s.add(1)", "s.add(1)"),
        ("s.commit()", "await s.commit()"),
        ("x = s.execute(q)", "x = await s.execute(q)"),
        ("x = s.execute(q).all()", "x = (await s.execute(q)).all()"),
        ("assert s.execute(q) == 1", "assert (await s.execute(q)) == 1"),
        ("return s.execute(q)", "return await s.execute(q)"),
        ("await s.commit(); gather(s.execute(q))", "await s.commit(); gather(s.execute(q))"),
        ("use(s)", "use(s)"),
        ("use(s.commit)", "use(s.commit)"),
    ],
)
def test_coroutines_are_awaited(before: str, after: str) -> None:
    assert outcome(before) == after


def test_a_missing_member_is_named() -> None:
    assert outcome("s.merge(1)") == Refusal(Reason.MEMBER_MISSING, "merge")


def test_without_members_nothing_is_missing() -> None:
    assert outcome("s.merge(1)", Role("session", (), "open_it()")) == "s.merge(1)"


def test_an_inner_function_cannot_await() -> None:
    refused = outcome("g = lambda: s.commit()")
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.SYNC_CALLER
