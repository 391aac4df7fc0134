"""A plan as people and programs read it: tables by agent, and JSON values with the line of every part."""

from collections.abc import Iterable
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cellwall.migrate.plan.model import Assignment, Command, Item, Pattern, Plan
from cellwall.migrate.tasks_matched import NOBODY, task_match
from cellwall.project.number_of import number_of


def plan_json(plan: Plan) -> dict[str, Any]:
    """Give the plan as JSON values; every part is an object with its line, counted from 1."""
    return {
        "agents": [_agent(agent) for agent in plan.agents],
        "scope_figures": _items(plan.scope_figures),
        "anti_patterns": [_pattern(pattern) for pattern in plan.anti_patterns],
        "common_patterns": [_pattern(pattern) for pattern in plan.common_patterns],
        "coordination": _items(plan.coordination),
        "success_criteria": _items(plan.success_criteria),
        "validation_commands": [_command(command) for command in plan.validation_commands],
        "launch": [_command(command) for command in plan.launch],
        "report_structure": _items(plan.report_structure),
        "success_metrics": _items(plan.success_metrics),
    }


def _agent(agent: Assignment) -> dict[str, Any]:
    return {
        "number": agent.number,
        "name": agent.name,
        "scope": _items(agent.scope),
        "focus": {"text": agent.focus, "line": agent.focus_line},
        "patterns": [_pattern(pattern) for pattern in agent.patterns],
        "tasks": [_task(task) for task in agent.tasks],
        "line": agent.line,
    }


def _items(items: Iterable[Item]) -> list[dict[str, Any]]:
    return [{"text": item.text, "line": item.line} for item in items]


def _task(task: Item) -> dict[str, Any]:
    """Give the task with the capability that covers it, "" for none, the words that told it, what it does."""
    found = task_match(task.text)
    return {
        "text": task.text,
        "line": task.line,
        "capability": found.capability,
        "words": list(found.words),
        "does": list(found.does),
    }


def _pattern(pattern: Pattern) -> dict[str, Any]:
    return {
        "title": pattern.title,
        "before": pattern.before,
        "after": pattern.after,
        "line": pattern.line,
    }


def _command(command: Command) -> dict[str, Any]:
    return {"argv": list(command.argv), "options": dict(command.options), "line": command.line}


def plan_text(plan: Plan) -> RenderableType:
    """Give the plan for a terminal; the number before each line is where it stands in the file."""
    parts: list[RenderableType] = [Text(plan.title, style="bold")]
    for agent in plan.agents:
        rows = [("scope", item) for item in agent.scope]
        rows += [("focus", Item(agent.focus, agent.focus_line))] if agent.focus else []
        rows += [("pattern", _named(pattern)) for pattern in agent.patterns]
        rows += [row for task in agent.tasks for row in (("task", task), _taken_for(task))]
        parts.append(_table(f"Agent {agent.number}: {agent.name}", agent.line, rows))
    for title, items in _sections(plan):
        parts.append(_table(title, 0, [("", item) for item in items]))
    return Group(*parts)


def _taken_for(task: Item) -> tuple[str, Item]:
    """Give the row below a task: who does it, by which words, and what that is."""
    found = task_match(task.text)
    if not found.capability:
        return "", Item(f"-> {NOBODY}", 0)
    words = ", ".join(found.words)
    return "", Item(f"-> {found.capability} (by the words: {words}): {'; '.join(found.does)}", 0)


def _sections(plan: Plan) -> list[tuple[str, list[Item]]]:
    sections = {
        "Scope": list(plan.scope_figures),
        "Anti-patterns to remove": [_named(pattern) for pattern in plan.anti_patterns],
        "Common patterns": [_named(pattern) for pattern in plan.common_patterns],
        "Coordination": list(plan.coordination),
        "Success criteria": list(plan.success_criteria),
        "Validation commands": [Item(_shown(c), c.line) for c in plan.validation_commands],
        "Launch": [Item(_shown(c), c.line) for c in plan.launch],
        "Report structure": list(plan.report_structure),
        "Success metrics": list(plan.success_metrics),
    }
    return [(title, items) for title, items in sections.items() if items]


def _named(pattern: Pattern) -> Item:
    before, after = len(pattern.before.splitlines()), len(pattern.after.splitlines())
    becomes = number_of(before, "line of code becomes", "lines of code become")
    lines = f"{becomes} {after}" if before else number_of(after, "line of code", "lines of code")
    return Item(f"{pattern.title} ({lines})", pattern.line)


def _shown(command: Command) -> str:
    return " ".join(command.argv)


def _table(title: str, line: int, rows: Iterable[tuple[str, Item]]) -> Table:
    caption = Text(f"{title}  (line {line})" if line else title, style="bold")
    table = Table(title=caption, title_justify="left", box=None, show_header=False, pad_edge=True)
    table.add_column(justify="right", style="dim", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for kind, item in rows:
        table.add_row(Text(str(item.line or "")), Text(kind), Text(item.text))
    return table
