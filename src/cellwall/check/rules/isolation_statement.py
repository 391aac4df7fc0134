"""CW105: a test's docstring states an isolation strategy that the test does not have."""

import ast
from collections.abc import Iterable, Iterator
from typing import ClassVar, Final, final

from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import IN_TESTS, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.reason import Reason
from cellwall.check.replacement import may_edit
from cellwall.check.rule import Example, Refusal, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings
from cellwall.check.stated_flow import untrue_flow
from cellwall.check.stated_isolation import (
    BEGINS,
    Stated,
    docstring_of,
    last_words,
    names_in,
    spoken,
    stated_in,
)
from cellwall.check.statement_edits import restated
from cellwall.check.test_reach import TestReach

_OFTEN: Final = 3
_HEAD: Final = "from app import make_agent\n\n\n"
_MAKE: Final = "from cellwall import agent_instance_factory\n\n\n"


@final
class IsolationStatement:
    """A test's docstring states an isolation strategy that the test does not have.

    What it does:
        Reads `Isolation: <owner>; <mechanism>; <asserted boundary>.` in the docstrings of tests and compares
        it with the test, its fixtures, set-up methods and helpers. The owner must name something of the
        test's own, the mechanism something that is called, the boundary something that is asserted after
        it. Where the mechanism is the call of a role, that call must be given the owner's context,
        and an assertion, the quoted one if one is quoted, must depend on what it gives. The same
        statement word for word in three tests whose code differs says nothing of any of them.

    Why it leaks:
        Readers trust the statement and stop looking. A test that says it keeps two users apart, and asserts
        nothing of the sort, passes on the day on which one sees the data of the other.

    Example:
        def test_reply(user_context):
            \"\"\"Isolation: user_context; make_agent makes an agent for it; the reply is its own.\"\"\"
            agent = shared_agent()

    Use instead:
        def test_reply(user_context):
            \"\"\"Isolation: user_context; make_agent makes agent for it; the owner of agent.\"\"\"
            agent = make_agent(user_context)
            assert agent.owner == user_context.user_id

    Fix safety:
        A statement that is repeated is replaced by one that is read off the test, where something true can be
        said; docstrings are no code. A false statement is never replaced: whether it is wrong or the test,
        only a human knows.
    """

    name: ClassVar[str] = "isolation-statement"
    code: ClassVar[str] = "CW105"
    family: ClassVar[Family] = Family.PLANS
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = Safety.SAFE

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            _HEAD + "def test_reply(user_context):\n"
            '    """Isolation: user_context; make_agent makes agent for it; the owner of agent."""\n'
            "    agent = make_agent(user_context)\n    assert agent.owner == user_context.user_id\n"
        ),
        Example(
            _MAKE + "def test_reply(user_context):\n"
            '    """Isolation: user_context; create_agent makes an agent; what desk says."""\n'
            '    desk = Desk(agent_instance_factory.create_agent("x", user_context))\n'
            "    lines = desk.lines()\n"
            '    assert "".join(lines) == "hello"\n'
        ),
        Example('def test_reply():\n    """A reply, says the manual on Isolation: none."""\n    assert 1\n'),
        Example(
            "def check(agent):\n    assert agent.owner\n\n\ndef test_reply(agent):\n"
            '    """Isolation: agent is of one user; fixture agent made it; check reads its owner."""\n'
            "    check(agent)\n"
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            _HEAD + "def test_reply(user_context):\n"
            '    """Isolation: user_context; make_agent makes one for it; the reply is its own."""\n'
            "    assert user_context\n"
        ),
        Example(
            _HEAD + "def test_reply(user_context):\n"
            '    """Isolation: user_context; make_agent makes agent for it; the owner of agent."""\n'
            "    assert user_context\n    agent = make_agent(user_context)\n    agent.owner\n"
        ),
        Example(
            _MAKE + "def test_reply(user_context):\n"
            '    """Isolation: user_context; create_agent makes agent; the name of agent."""\n'
            '    agent = agent_instance_factory.create_agent("x", user_context)\n'
            "    agent = agent_of_all\n    assert agent.name\n"
        ),
        Example(
            _MAKE + "def test_reply():\n"
            '    """Isolation: user2_context; create_agent makes agent; the name of agent."""\n'
            "    user1_context, user2_context = make_context(1), make_context(2)\n"
            '    agent = agent_instance_factory.create_agent("x", user1_context)\n'
            "    assert agent.name == user2_context.user_id\n"
        ),
        Example('def test_reply(agent):\n    """Isolation: this test is isolated."""\n    assert agent\n'),
        Example(
            "from cellwall import agent_instance_factory\n\n\n"
            + "\n\n".join(
                f"def test_{word}(user_context):\n"
                '    """Isolation: user_context; create_agent makes agent; what agent says."""\n'
                '    agent = agent_instance_factory.create_agent("x", user_context)\n'
                f'    assert agent.{word}() == "{word}"\n'
                for word in ("open", "close", "reply")
            ),
            "from cellwall import agent_instance_factory\n\n\n"
            + "\n\n".join(
                f"def test_{word}(user_context):\n"
                '    """Isolation: user_context is the context of one user; '
                "agent_instance_factory.create_agent\n"
                f'    makes agent for user_context; the test asserts `agent.{word}() == "{word}"`."""\n'
                '    agent = agent_instance_factory.create_agent("x", user_context)\n'
                f'    assert agent.{word}() == "{word}"\n'
                for word in ("open", "close", "reply")
            ),
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the word with which every statement begins."""
        return IN_TESTS & Gate.any_of(b"Isolation:") & Gate.any_of(BEGINS)

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each false statement, and for each that is repeated."""
        if not module.is_test:
            return
        stated = dict(_statements(module))
        repeated = _repeated(stated)
        for test, (node, statement) in stated.items():
            wrong = _wrong(TestReach(module, test), statement, context)
            if wrong:
                outcome = Refusal(Reason.UNKNOWN_SHAPE, "the statement or the test is wrong")
                yield finding(self, module, node, f"the isolation statement {wrong}", outcome)
            elif statement.text in repeated:
                message = "the isolation statement is the same in other tests that do something else"
                fix = may_edit(module, node, context) or restated(module, test, node, context)
                refusal = Refusal(Reason.UNKNOWN_SHAPE, "no other true statement can be read off the test")
                yield finding(self, module, node, message, fix or refusal)


def _statements(module: ModuleFacts) -> Iterator[tuple[Function, tuple[ast.Constant, Stated]]]:
    for function in module.nodes.functions():
        node = docstring_of(function)
        if node is None or not module.pytest.is_collected(function):
            continue
        statement = stated_in(str(node.value))
        if statement is not None:
            yield function, (node, statement)


def _repeated(stated: dict[Function, tuple[ast.Constant, Stated]]) -> set[str]:
    """Give the texts that stand in three tests or more, of which no two need be alike but two differ."""
    bodies: dict[str, list[str]] = {}
    for test, (_, statement) in stated.items():
        code = "\n".join(ast.dump(node) for node in test.body[1:])
        bodies.setdefault(statement.text, []).append(code)
    return {text for text, each in bodies.items() if len(each) >= _OFTEN and len(set(each)) > 1}


def _wrong(reach: TestReach, statement: Stated, context: RuleContext) -> str:
    """Say what is wrong with a statement, "" when nothing is."""
    if not (statement.owner and statement.mechanism and statement.boundary):
        return "is not of the form `owner; mechanism; asserted boundary`"
    absent = sorted(names_in(statement.text) - reach.used)
    if absent and not reach.opaque:
        return f"names `{absent[0]}`, which the test does not use"
    if not last_words(statement.owner) & reach.used:
        return "names no owner that the test has"
    means = last_words(statement.mechanism) & reach.called
    if not means and not reach.opaque:
        return "names no mechanism that the test uses"
    if not reach.assertions:
        return "names a boundary, and the test asserts nothing"
    if not spoken(last_words(statement.boundary)) & spoken(reach.asserted) and not reach.opaque:
        return "names no value that the test asserts"
    lines = reach.calls_of(means)
    if lines and all((getattr(a, "end_lineno", 0) or 0) < min(lines) for a in reach.assertions):
        return "names a boundary, and nothing is asserted after the mechanism"
    return untrue_flow(reach, statement, context)
