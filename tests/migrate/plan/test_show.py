"""A plan as JSON has exactly the promised keys, every part with its line; as text it shows every part."""

import json
from io import StringIO

from rich.console import Console

from cellwall.migrate.plan.model import Plan
from cellwall.migrate.plan.parse import parse_plan
from cellwall.migrate.plan.show import plan_json, plan_text


def test_the_keys(reworded: Plan) -> None:
    shown = json.loads(json.dumps(plan_json(reworded)))
    assert list(shown) == [
        *("agents", "scope_figures", "anti_patterns", "common_patterns", "coordination", "success_criteria"),
        *("validation_commands", "launch", "report_structure", "success_metrics"),
    ]
    assert set(shown["agents"][0]) == {"number", "name", "scope", "focus", "patterns", "tasks", "line"}


def test_every_part_has_its_line(reworded: Plan) -> None:
    shown = plan_json(reworded)
    parts = [part for key in shown for part in shown[key]]
    for agent in shown["agents"]:
        parts += [*agent["scope"], *agent["patterns"], *agent["tasks"], agent["focus"]]
    assert len(parts) > 50
    assert all(isinstance(part["line"], int) and part["line"] > 0 for part in parts)
    assert shown["agents"][1]["scope"][0] == {"text": "**/test_checkout*.py", "line": 43}
    assert shown["launch"][0] == {
        "argv": ["python", "scripts/go.py", "--agents=3", "--pattern", "request_isolation", "--sequential"],
        "options": {"--agents": "3", "--pattern": "request_isolation", "--sequential": ""},
        "line": 91,
    }


def _text(plan: Plan, width: int = 200) -> str:
    console = Console(file=StringIO(), width=width, no_color=True)
    console.print(plan_text(plan))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_the_text_shows_every_part(reworded: Plan) -> None:
    text = _text(reworded)
    assert "Agent 20: Checkout  (line 40)" in text
    for part in (*reworded.agents[1].scope, *reworded.agents[1].tasks, *reworded.success_metrics):
        assert any(str(part.line) in line and part.text in line for line in text.splitlines())
    assert "One Board for All (1 line of code becomes 1)" in text


def test_the_text_fits_a_narrow_terminal(reworded: Plan) -> None:
    assert max(map(len, _text(reworded, 60).splitlines())) <= 60


def test_brackets_in_a_plan_are_no_markup() -> None:
    plan = parse_plan("# [red]P[/red]\n## Agent 1: [bold]A\n**Scope**: `[link=x]/**`\n", "PLAN.md")
    assert all(words in _text(plan) for words in ("[red]P[/red]", "[bold]A", "[link=x]/**"))


def test_each_task_says_what_it_is_taken_for() -> None:
    head = "# P\n## Agent 1: A\n**Scope**: `a/**`\n**Tasks**:\n"
    plan = parse_plan(f"{head}1. Verify websocket event isolation\n2. Paint the vans\n", "PLAN.md")
    taken, nobody = plan_json(plan)["agents"][0]["tasks"]
    assert taken == {
        "text": "Verify websocket event isolation",
        "line": 5,
        "capability": "websocket-event-isolation",
        "words": ["event", "isolation", "websocket"],
        "does": ["writes tests for the role pool"],
    }
    assert (nobody["capability"], nobody["words"], nobody["does"]) == ("", [], [])
    text = _text(plan)
    assert "-> websocket-event-isolation (by the words: event, isolation, websocket): writes tests" in text
    assert "-> no capability covers this sentence; it needs an external agent or a human" in text
