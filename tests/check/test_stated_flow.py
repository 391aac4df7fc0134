"""Statements about roles are held against the ways of values; where those cannot be seen, none is false."""

import pytest

from cellwall.check.engine import check_source
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.settings import CheckSettings
from cellwall.project.default_roles import DEFAULT_ROLES

SETTINGS = CheckSettings(roles=DEFAULT_ROLES, async_tests=True, rules=("isolation-statement",))
MAKE = "agent_instance_factory.create_agent('x', user_context)"
SAID = "user_context is of one user; create_agent makes agent for it; the name of agent"


def wrong(*lines: str, said: str = SAID, head: str = "", parameters: str = "user_context") -> list[str]:
    """Give what is wrong with the statement of one test."""
    body = "".join(f"    {line}\n" for line in ("other = make()", *lines))
    text = f'{head}async def test_a({parameters}):\n    """Isolation: {said}."""\n{body}'
    findings = check_source("tests/test_x.py", text.encode(), SETTINGS, ProjectFacts()).findings
    return [finding.message.removeprefix("the isolation statement ") for finding in findings]


FALSE = {
    "another value": (f"agent = {MAKE}", "assert other.name == 'agent'"),
    "asserted before": (
        "agent = other",
        "assert agent.name == 1",
        f"agent = {MAKE}",
        "assert other.name == 1, agent.name",
    ),
    "bound again": (f"agent = {MAKE}", "agent = other", "assert agent.name == 1"),
    "bound again by a loop": (f"agent = {MAKE}", "for agent in other:", "    assert agent.name == 1"),
    "bound again in a block": (f"agent = {MAKE}", "with other as agent:", "    assert agent.name == 1"),
    "another name of a comprehension": (f"agent = {MAKE}", "assert [agent.name for agent in other] == [1]"),
    "one of a tuple": (f"mine, agent = {MAKE}, other", "assert agent.name == 1"),
    "deleted": (f"agent = {MAKE}", "del agent", "assert agent.name == 1"),
}


@pytest.mark.parametrize("flow", FALSE)
def test_a_statement_of_a_value_that_does_not_get_there_is_false(flow: str) -> None:
    assert [
        "nothing that `agent_instance_factory.create_agent` gives is asserted" in m
        for m in wrong(*FALSE[flow])
    ] == [True]


TRUE = {
    "asserted": (f"agent = {MAKE}", "assert agent.name == 1"),
    "passed to what cannot be seen": (
        f"agent = {MAKE}",
        "fill(other, agent)",
        "assert other.name == 'agent'",
    ),
    "kept by what cannot be seen": (f"agent = {MAKE}", "other.take(agent)", "assert other.name == 'agent'"),
    "kept by a function": (
        f"agent = {MAKE}",
        "heard = []",
        "def hear(): heard.append(agent)",
        "hear()",
        "assert heard == ['name']",
    ),
    "kept by a module": (f"agent = {MAKE}", "store.take(agent)", "assert store.name == 'agent'"),
    "on one way": (f"agent = {MAKE}", "if other:", "    agent = other", "assert agent.name == 1"),
    "only there": (f"agent = {MAKE}", "assert agent, 'name'"),
    "expected to fail": (f"agent = {MAKE}", "with pytest.raises(E):", "    agent.name()"),
    "under another name": (f"agent = {MAKE}", "same = agent", "agent = 1", "assert same.name == 1"),
}


@pytest.mark.parametrize("flow", TRUE)
def test_a_statement_of_a_value_that_may_get_there_is_believed(flow: str) -> None:
    assert wrong(*TRUE[flow]) == []


def test_a_class_of_the_module_may_hold_what_it_makes() -> None:
    head = f"class Desk:\n    def __init__(self, user_context):\n        self.agent = {MAKE}\n\n\n"
    assert wrong("agent = Desk(user_context)", "assert agent.name == 1", head=head) == []
    assert len(wrong("agent = Desk(user_context)", "agent = 1", "assert agent.name == 1", head=head)) == 1


@pytest.mark.parametrize("given", ["user1_context", "same"])
def test_the_owner_is_the_context_that_the_call_is_given(given: str) -> None:
    said = "user%d_context is of one user; create_agent makes agent for it; the name of agent"
    lines = (
        "user1_context, user2_context = make_context(1), make_context(2)",
        "same = user1_context",
        f"agent = agent_instance_factory.create_agent('x', {given})",
        "assert agent.name == user2_context.user_id",
    )
    assert wrong(*lines, said=said % 1) == []
    (message,) = wrong(*lines, said=said % 2)
    assert message.startswith("names the context of another user")


def test_a_pool_has_no_context() -> None:
    said = "user_context is of one user; WebSocketConnectionPool makes pool; what pool sent to user_context"
    assert wrong("pool = WebSocketConnectionPool()", "assert pool.sent(user_context)", said=said) == []


QUOTED = SAID.replace("the name of agent", "the test asserts `%s`")


def test_what_is_quoted_has_to_depend_on_the_role() -> None:
    lines = (f"agent = {MAKE}", "assert other.name == 'agent'", "assert agent.name == 1", "agent.size")
    assert wrong(*lines, said=QUOTED % "agent.name == 1") == []
    (message,) = wrong(*lines, said=QUOTED % "other.name == 'agent'")
    assert message.startswith("quotes an assertion that does not depend on what")
    (message,) = wrong(*lines, said=QUOTED % "agent.size == 1")
    assert message.startswith("quotes `agent.size == 1`, which the test does not assert")


def test_an_assertion_that_was_changed_makes_the_quote_false() -> None:
    lines = (f"agent = {MAKE}", "assert agent.name == 2")
    assert [
        m.startswith("quotes `agent.name == 1`") for m in wrong(*lines, said=QUOTED % "agent.name == 1")
    ] == [True]


def test_fixtures_that_cannot_be_seen_may_do_anything() -> None:
    assert wrong(f"agent = {MAKE}", "assert opaque.name == 'agent'", parameters="opaque, user_context") == []
