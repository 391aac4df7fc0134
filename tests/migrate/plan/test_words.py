"""Headings and labels are known by their words, whatever the case, and other words name nothing."""

import pytest

from cellwall.migrate.plan.words import (
    Part,
    agent_heading,
    agent_part_named,
    label,
    marked_side,
    part_named,
)


@pytest.mark.parametrize(
    ("heading", "part"),
    [
        ("SCOPE:", Part.SCOPE_FIGURES),
        ("Scope of the work", Part.SCOPE_FIGURES),
        ("Out of scope", Part.NONE),
        ("Non-goals", Part.NONE),
        ("❌ ANTI-PATTERNS TO REMOVE", Part.ANTI_PATTERNS),
        ("Antipatterns", Part.ANTI_PATTERNS),
        ("Phase 9: common patterns", Part.COMMON_PATTERNS),
        ("Patterns to adopt", Part.COMMON_PATTERNS),
        ("How the coordination works", Part.COORDINATION),
        ("Acceptance criteria", Part.CRITERIA),
        ("Success Metrics", Part.METRICS),
        ("Validation commands:", Part.VALIDATION),
        ("Launch command", Part.LAUNCH),
        ("Execution strategy", Part.LAUNCH),
        ("Progress dashboard", Part.DASHBOARD),
        ("Final report structure", Part.REPORT),
        ("Executive summary", None),
        ("Validation and verification", None),
        ("Agents and what they do", None),
        ("Monitoring", None),
        ("telescopes", None),
    ],
)
def test_parts(heading: str, part: Part | None) -> None:
    assert part_named(heading) is part


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("SCOPE", Part.SCOPE),
        ("Files", Part.SCOPE),
        ("Main focus", Part.FOCUS),
        ("Key Patterns:", Part.PATTERNS),
        ("To-dos", Part.TASKS),
        ("Specific tasks", Part.TASKS),
        ("Anti-patterns of ours", None),
        ("Scope and limits", None),
        ("Notes", None),
    ],
)
def test_parts_of_an_agent(words: str, part: Part | None) -> None:
    assert agent_part_named(words) is part


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**Focus**: carts", ("Focus", "carts")),
        ("**Focus:** carts", ("Focus", "carts")),
        ("__Focus__: carts", ("Focus", "carts")),
        ("**Focus**", ("Focus", "")),
        ("Focus: carts", ("Focus", "carts")),
        ("Focus:", ("Focus", "")),
        ("**Focus** on carts", None),
        ("focus:carts", None),
        ("http://shop", None),
        ("no label here", None),
    ],
)
def test_labels(text: str, expected: tuple[str, str] | None) -> None:
    assert label(text) == expected


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("WRONG - never", "before"),
        ("Before (WRONG):", "before"),
        ("❌ Bad:", "before"),
        ("incorrect", "before"),
        ("CORRECT – always", "after"),
        ("After:", "after"),
        ("**Right**:", "after"),
        ("Before we begin", None),
        ("After-hours", None),
        ("Good sessions are short", None),
        ("Wrongly", None),
    ],
)
def test_sides_of_a_pattern(text: str, side: str | None) -> None:
    assert marked_side(text) == side


@pytest.mark.parametrize(
    "text", ["Agent Coordination", "Agents 1 and 2", "Agent 1st", "Agent x", "Reagent 1: Salt", "The agent 1"]
)
def test_other_headings_are_no_agents(text: str) -> None:
    assert agent_heading(text) is None


def test_long_headings_cost_nothing() -> None:
    for text in ("common " * 150_000, "agent " * 150_000, "\t" * 900_000, "*" * 900_000, "**a" * 300_000):
        part_named(text), agent_heading(text), agent_part_named(text), marked_side(text), label(text)
