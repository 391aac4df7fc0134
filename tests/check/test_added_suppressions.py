"""Every finding can be silenced where it stands, in any file that parses, and nothing else changes."""

import ast

import pytest

from cellwall.check.added_suppressions import add_suppressions
from cellwall.check.engine import check_source
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.rule_registry import all_rules
from cellwall.check.settings import CheckSettings

IMPORT = "from app.agents import AgentRegistry\n\n"
MARK = "# cellwall: allow[global-registry-access] why"


def add(source: str, settings: CheckSettings) -> tuple[str, int]:
    after, found = add_suppressions(
        "tests/test_a.py", source.encode(), settings, ProjectFacts(), reason="why"
    )
    assert ast.dump(ast.parse(after)) == ast.dump(ast.parse(source.encode()))
    return after.decode(), sum(finding.suppressed is None for finding in found)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("AgentRegistry.get_agent('x')\n", f"AgentRegistry.get_agent('x')  {MARK}\n"),
        ("AgentRegistry.get_agent('x')", f"AgentRegistry.get_agent('x')  {MARK}"),
        ("AgentRegistry.get_agent('x')  \r\nx = 1\r\n", f"AgentRegistry.get_agent('x')  {MARK}\r\nx = 1\r\n"),
        (
            "if x:\n    AgentRegistry.get_agent('x') \\\n        .y\n",
            f"if x:\n    {MARK}\n    AgentRegistry.get_agent('x') \\\n        .y\n",
        ),
        ("f(AgentRegistry.get_agent('''\n'''))\n", f"{MARK}\nf(AgentRegistry.get_agent('''\n'''))\n"),
        ("f(\n    AgentRegistry.get_agent('x'),\n)\n", f"f(\n    AgentRegistry.get_agent('x'),  {MARK}\n)\n"),
    ],
)
def test_where_the_comment_goes(before: str, after: str, settings: CheckSettings) -> None:
    assert add(IMPORT + before, settings) == (IMPORT + after, 0)


def test_two_rules_on_a_line_share_a_comment(settings: CheckSettings) -> None:
    source = "from app import AgentRegistry, ToolDispatcher\n\n"
    source += "x = AgentRegistry.get_agent('x'), ToolDispatcher()\n"
    after, left = add(source, settings)
    assert left == 0
    assert after.count("# cellwall: allow[") == 1


def test_every_example_of_every_rule_can_be_silenced(settings: CheckSettings) -> None:
    for rule in all_rules():
        for example in rule.INVALID:
            if rule.code.startswith("CW0"):
                continue
            source = example.source.encode()
            after, found = add_suppressions(example.path, source, settings, ProjectFacts(), reason="why")
            assert found == check_source(example.path, after, settings, ProjectFacts()).findings
            assert found and all(finding.suppressed == "why" for finding in found), after.decode()
