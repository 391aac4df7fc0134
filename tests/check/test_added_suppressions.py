"""Every finding can be silenced where it stands, in any file that parses, and nothing else changes."""

import ast
from typing import Any

import pytest

from cellwall.check import added_suppressions as module
from cellwall.check.added_suppressions import add_suppressions
from cellwall.check.engine import FileReport, check_source
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


def test_a_reason_is_one_line_of_plain_text(settings: CheckSettings) -> None:
    after, found = add_suppressions(
        "tests/test_a.py",
        f"{IMPORT}AgentRegistry.get_agent('x')\n".encode(),
        settings,
        ProjectFacts(),
        reason=" {why}\nimport os\t{} ",
    )
    assert after.decode().splitlines()[2:] == [
        "AgentRegistry.get_agent('x')  # cellwall: allow[global-registry-access] {why} import os {}"
    ]
    assert [finding.suppressed for finding in found] == ["{why} import os {}"]


def test_many_findings_cost_no_check_each(settings: CheckSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[int] = []

    def counted(*given: Any) -> FileReport:
        checked.append(1)
        return check_source(*given)

    monkeypatch.setattr(module, "check_source", counted)
    assert add(IMPORT + "AgentRegistry.get_agent('x')\n" * 100, settings)[1] == 0
    assert len(checked) < 6
