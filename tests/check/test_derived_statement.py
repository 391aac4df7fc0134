"""Statements are derived along the ways of values; nothing is said of a value that does not get there."""

from textwrap import dedent

import pytest

from cellwall.check.derived_statement import derived_statement
from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.parse import ParseError
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.rule import RuleContext
from cellwall.check.settings import CheckSettings
from cellwall.project.default_roles import DEFAULT_ROLES

CONTEXT = RuleContext(CheckSettings(roles=DEFAULT_ROLES, async_tests=True), ProjectFacts())
MAKE = "agent_instance_factory.create_agent('x', user_context)"
OWNER = "Isolation: user_context is the context of one user; agent_instance_factory.create_agent "
CALLED = OWNER + "is called for user_context"
MADE = OWNER + "makes agent for user_context"


def derived(text: str) -> str | None:
    """Give the statement of the last test of a module."""
    module = module_facts("tests/test_x.py", dedent(text).encode(), ProjectFacts(), is_test=True)
    assert isinstance(module, ModuleFacts) and not isinstance(module, ParseError)
    tests = [each for each in module.nodes.functions() if module.pytest.is_collected(each)]
    return derived_statement(module, tests[-1], CONTEXT)


def of(*lines: str, parameters: str = "user_context", head: str = "") -> str | None:
    body = "".join(f"    {line}\n" for line in lines)
    return derived(f"{head}\nasync def test_a({parameters}):\n{body}")


FLOWS = {
    "kept under a name": (f"agent = {MAKE}", "assert agent.name == 1"),
    "called at once": (f"reply = await {MAKE}.run('x')", "assert reply.text == 1"),
    "given to another": (f"desk = Desk({MAKE}, 1)", "assert await desk.ask() == 1"),
    "opened in another": (f"async with Desk({MAKE}) as desk:", "    assert desk.done == 1"),
    "joined": (f"lines = await {MAKE}.run()", "text = ''.join(lines)", "assert text == 1"),
    "in a tuple": (f"other, agent = 1, {MAKE}", "assert agent.name == 1"),
    "in a dictionary": (f"agents = {{'x': {MAKE}}}", "assert agents['x'].name == 1"),
    "put into a list": ("names = []", f"names.append({MAKE}.name)", "assert names == [1]"),
    "put into a list by a function": (
        "names = []",
        "def hear():",
        f"    names.append({MAKE}.name)",
        "for n in (1, 2):",
        "    hear()",
        "assert names == [1]",
    ),
    "put into a queue": ("queue = Queue()", f"await queue.put({MAKE}.name)", "assert await queue.get() == 1"),
    "kept on an object": (f"self.agent = {MAKE}", "assert self.agent.name == 1"),
    "named in a condition": (f"if (agent := {MAKE}).ready:", "    pass", "assert agent.name == 1"),
    "chosen": (f"agent = {MAKE} if 1 else None", "assert agent.name == 1"),
    "in a nested function": ("async def ask():", f"    return {MAKE}.name", "assert await ask() == 1"),
    "in a generator": ("def names():", f"    yield {MAKE}.name", "assert list(names()) == [1]"),
    "passed on": ("def ask():", f"    return {MAKE}.name", "assert run_in_thread(ask) == 1"),
    "in a loop": (f"for line in {MAKE}.lines():", "    assert line.text == 1"),
    "in a later turn": (
        "last = None",
        "for n in (1, 2):",
        "    if last:",
        "        assert last.name == 1",
        f"    last = {MAKE}",
    ),
    "on one way only": (f"agent = {MAKE}", "if agent.x:", "    agent = None", "assert agent.name == 1"),
    "in unittest": (f"agent = {MAKE}", "self.assertEqual(agent.name, 1)"),
    "matched": (
        f"agent = {MAKE}",
        "match agent.name:",
        "    case 1: pass",
        "    case _: raise AssertionError",
    ),
    "failing by itself": (f"agent = {MAKE}", "if agent.name != 1:", "    pytest.fail('other')"),
    "expected to fail": (f"agent = {MAKE}", "with pytest.raises(E):", "    agent.ask()"),
    "read off the error": (
        f"agent = {MAKE}",
        "with pytest.raises(E) as caught:",
        "    agent.ask()",
        "assert caught.value.args == 1",
    ),
    "kept for a user": (
        "user2_context = UserExecutionContext.create_for_user('ada')",
        f"track('x', user_context=user2_context, name={MAKE}.name)",
        "assert usage('ada') == 1",
    ),
}


@pytest.mark.parametrize("flow", FLOWS)
def test_a_value_that_reaches_an_assertion_is_stated(flow: str) -> None:
    said = of(*FLOWS[flow])
    assert said is not None
    assert said.startswith(OWNER)


NOTHING_TO_SAY = {
    "another value": (f"agent = {MAKE}", "other = make()", "assert other.name == 1"),
    "asserted before": ("agent = make()", "assert agent.name == 1", f"agent = {MAKE}"),
    "expected to fail before": ("with pytest.raises(E):", "    other.ask()", f"agent = {MAKE}"),
    "bound again": (f"agent = {MAKE}", "agent = make()", "assert agent.name == 1"),
    "bound again by a loop": (f"agent = {MAKE}", "for agent in others():", "    assert agent.name == 1"),
    "bound again on both ways": (
        f"agent = {MAKE}",
        "if x: agent = 1",
        "else: agent = 2",
        "assert agent.name == 1",
    ),
    "bound again in a block": (f"agent = {MAKE}", "with make() as agent:", "    assert agent.name == 1"),
    "bound again on the object": (
        f"self.agent = {MAKE}",
        "self.agent = make()",
        "assert self.agent.name == 1",
    ),
    "deleted": (f"agent = {MAKE}", "del agent", "assert agent.name == 1"),
    "imported over": (f"agent = {MAKE}", "from app import agent", "assert agent.name == 1"),
    "another name of a comprehension": (
        f"agent = {MAKE}",
        "assert [agent.name for agent in others()] == [1]",
    ),
    "another name of a lambda": (f"agent = {MAKE}", "assert (lambda agent: agent.name)"),
    "a parameter of that name": (
        f"agent = {MAKE}",
        "def name(agent):",
        "    return agent.name",
        "assert name(make()) == 1",
    ),
    "a function that drops it": ("def name(agent):", "    return 1", f"assert name({MAKE}) == 1"),
    "a function that is not called": ("def name():", f"    return {MAKE}.name", "assert make().name == 1"),
    "one of a tuple": (f"agent, other = {MAKE}, 1", "assert other.name == 1"),
    "another attribute": (f"self.agent = {MAKE}", "self.other = 1", "assert self.other.name == 1"),
    "output that was read": (f"print({MAKE}.name)", "capsys.readouterr()", "assert capsys.readouterr() == 1"),
    "only that it is there": (f"agent = {MAKE}", "assert agent is not None", "assert agent"),
    "a role that is none here": (f"agent_instance_factory = fake()\n    agent = {MAKE}", "assert agent.name"),
    "no context": ("agent = agent_instance_factory.create_agent('x', 1)", "assert agent.name == 1"),
    "another user": (
        "user2_context = UserExecutionContext.create_for_user('ada')",
        "user3_context = UserExecutionContext.create_for_user('bob')",
        f"track('x', user_context=user2_context, name={MAKE}.name)",
        "assert usage('bob') == 1",
    ),
}


@pytest.mark.parametrize("flow", NOTHING_TO_SAY)
def test_nothing_is_said_of_a_value_that_does_not_get_there(flow: str) -> None:
    assert of(*NOTHING_TO_SAY[flow]) is None


def test_the_owner_is_the_context_that_the_call_is_given() -> None:
    said = of(
        "second = agent_instance_factory.create_agent('x', user2_context)",
        "assert second.name == 1",
        parameters="user1_context, user2_context",
    )
    assert said == (
        "Isolation: user2_context is the context of one user; agent_instance_factory.create_agent makes "
        "second for user2_context; the test asserts `second.name == 1`."
    )


def test_the_first_call_that_is_asserted_is_stated() -> None:
    first = "agent_instance_factory.create_agent('x', user1_context)"
    said = of(
        f"first = {first}",
        "second = agent_instance_factory.create_agent('x', user2_context)",
        "assert second.name == 1",
        parameters="user1_context, user2_context",
    )
    assert said is not None
    assert said.startswith("Isolation: user2_context")


@pytest.mark.parametrize("channel", ["capsys.readouterr().out", "capfd.readouterr().out"])
def test_what_is_printed_is_read_from_the_output(channel: str) -> None:
    said = of(f"print({MAKE}.name)", f"assert {channel} == 1", parameters="user_context, capsys, capfd")
    assert said == f"{CALLED}; the test asserts `{channel} == 1`."


def test_what_a_helper_logs_is_read_from_the_log() -> None:
    head = f"def report(user_context):\n    log.info({MAKE}.name)\n"
    said = of(
        "report(user_context)", "assert caplog.messages == 1", parameters="user_context, caplog", head=head
    )
    assert said == f"{CALLED} in report; the test asserts `caplog.messages == 1`."


def test_a_fixture_of_the_module_gives_it() -> None:
    head = f"@pytest.fixture\ndef desk(user_context):\n    agent = {MAKE}\n    yield Desk(agent)\n\n"
    said = of("assert desk.name == 1", parameters="desk", head=head)
    assert said == f"{MADE} in desk; the test asserts `desk.name == 1`."
    assert of("assert other.name == 1", parameters="desk, other", head=head) is None


def test_set_up_keeps_it_on_the_object() -> None:
    text = f"""
    class TestA:
        def setup_method(self):
            user_context = make_context()
            self.agent, self.other = {MAKE}, 1

        def test_a(self):
            assert self.%s.name == 1
    """
    assert derived(text % "agent") == f"{CALLED} in setup_method; the test asserts `self.agent.name == 1`."
    assert derived(text % "other") is None


def test_a_helper_asserts_it() -> None:
    head = "def check(agent, limit=1):\n    assert agent.name == limit\n"
    said = of(f"agent = {MAKE}", "check(agent.reply)", head=head)
    assert said == f"{MADE}; the test asserts `check(agent.reply)`."
    assert of(f"agent = {MAKE}", "check(limit=agent.reply, agent=1)", head=head) is not None
    assert of(f"agent = {MAKE}", "check(other)", head=head) is None


def test_a_pool_is_the_tests_own() -> None:
    assert of(
        "service = Service(WebSocketConnectionPool())", "assert service.unheard == 3", parameters=""
    ) == (
        "Isolation: service comes from this test's own call; WebSocketConnectionPool gives what service "
        "is made of; the test asserts `service.unheard == 3`."
    )
    assert of("assert Service(WebSocketConnectionPool()).unheard == 3", parameters="") is None


def test_an_expected_error_is_quoted_with_what_raises_it() -> None:
    said = of(f"agent = {MAKE}", "with pytest.raises(E, match='x'):", "    await agent.ask('  ')")
    assert said == f"{MADE}; the test asserts `pytest.raises(E, match='x')` around `await agent.ask('  ')`."
