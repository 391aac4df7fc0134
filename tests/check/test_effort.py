"""Tests that are long, deep or call each other without end are left alone, without errors."""

import pytest

from cellwall.check.derived_statement import derived_statement
from cellwall.check.effort import Effort
from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.rule import RuleContext
from cellwall.check.settings import CheckSettings
from cellwall.project.default_roles import DEFAULT_ROLES

CONTEXT = RuleContext(CheckSettings(roles=DEFAULT_ROLES), ProjectFacts())
MAKE = "    agent = agent_instance_factory.create_agent('x', user_context)\n"
LOOPS = "".join(f"{'  ' * n}for x{n} in y:\n" for n in range(2, 20)) + "  " * 20 + "agent.x()\n"
CALLS = "".join(f"def f{n}(a):\n" + f"    f{n + 1}(a)\n" * 20 for n in range(8))


def said(body: str, head: str = "") -> str | None:
    module = module_facts(
        "tests/test_x.py",
        f"{head}def test_a(user_context):\n{MAKE}{body}    assert agent.name\n".encode(),
        ProjectFacts(),
        is_test=True,
    )
    assert isinstance(module, ModuleFacts)
    return derived_statement(module, module.nodes.functions()[-1], CONTEXT)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", LOOPS),
        ("", "    agent" + ".x()" * 400 + "\n"),
        ("", "    x = 1" + " + 1" * 400 + "\n"),
        (CALLS, "    f0(agent)\n"),
    ],
    ids=["loops", "long chain", "long sum", "calls"],
)
def test_nothing_is_said_of_what_is_too_hard(head: str, body: str) -> None:
    assert said("") is not None
    assert said(body, head) is None


def test_functions_that_call_each_other_end() -> None:
    head = "def f(a):\n    return g(a)\n\n\ndef g(a):\n    return f(a)\n\n\n"
    assert said("    f(agent)\n", head) is not None


def test_steps_and_depth_are_counted() -> None:
    effort = Effort()
    for _ in range(1000):
        with effort:
            pass
    assert not effort.too_much
    for _ in range(101):
        effort.__enter__()
    assert effort.too_much
