"""A plan's parts, each at its exact line, in usual words and in others; a bad plan gives one clear error."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.migrate.errors import PlanError
from cellwall.migrate.plan.model import Command, Item, Pattern, Plan
from cellwall.migrate.plan.parse import parse_plan, read_plan

PlanOf = Callable[[str], Plan]
AGENT = "## Agent 1: Carts\n**Scope**: `carts/tests/**`\n"


def _line(plan: Plan, number: int) -> str:
    return Path(plan.path).read_text(encoding="utf-8").split("\n")[number - 1]


def _texts(items: tuple[Item, ...]) -> list[tuple[str, int]]:
    return [(item.text, item.line) for item in items]


def test_a_reworded_plan_has_all_its_agents(reworded: Plan) -> None:
    assert [(agent.number, agent.name, agent.line) for agent in reworded.agents] == [
        (10, "Carts and Prices", 16),
        (20, "Checkout", 40),
        (30, "Live Order Board", 53),
        (40, "Courier Interface", 66),
        (50, "Everything Else", 80),
    ]
    assert [(agent.focus, agent.focus_line) for agent in reworded.agents] == [
        ("Every cart belongs to one customer", 21),
        ("Payment sessions end with the request", 45),
        ("Order events reach their customer", 56),
        ("Couriers see the parcels they carry", 74),
        ("What the others leave over", 83),
    ]


def test_scopes_stand_on_one_line_or_several_with_backticks_or_without(reworded: Plan) -> None:
    assert [_texts(agent.scope) for agent in reworded.agents] == [
        [("shop/carts/tests/**", 18), ("shop/prices/tests/**", 19)],
        [("**/test_checkout*.py", 43), ("**/checkout/**", 44)],
        [("board/tests/**", 55)],
        [("shop/couriers/tests/**", 70), ("shop/routes/tests/**", 70)],
        [("tests", 82)],
    ]


def test_tasks_are_numbered_or_not_and_keep_their_further_lines(reworded: Plan) -> None:
    assert [_texts(agent.tasks) for agent in reworded.agents] == [
        [
            ("Replace every call of CartRegistry.get_cart() by the factory", 36),
            ("Show that two customers never see one another's basket", 37),
        ],
        [
            ("Remove sessions that checkouts share; the card session; the voucher session", 47),
            ("Try a payment that is interrupted", 50),
            ("Refunds: pay back to the right card", 51),
        ],
        [("Switch the order board to the connection pool", 64)],
        [("Write a test with three couriers", 78)],
        [("Clean up what is left", 86)],
    ]


def test_an_agents_pattern_is_split_into_before_and_after(reworded: Plan) -> None:
    (pattern,) = reworded.agents[0].patterns
    assert pattern.before == 'cart = CartRegistry.get_cart("basket")'
    assert pattern.after.endswith('cart = cart_factory.create_cart("basket", customer)')
    assert (pattern.line, pattern.before_line, pattern.after_line, pattern.language) == (26, 28, 31, "python")
    assert _line(reworded, pattern.before_line) == pattern.before.split("\n")[0]
    assert _line(reworded, pattern.after_line) == pattern.after.split("\n")[0]


def test_a_pattern_without_marks_is_all_after(reworded: Plan) -> None:
    (pattern,) = reworded.agents[2].patterns
    assert (pattern.title, pattern.before, pattern.before_line) == (
        "Open one emitter for one customer",
        "",
        0,
    )
    assert pattern.after.startswith("# Open one emitter")


def test_anti_patterns_may_show_both_sides_in_one_block_or_in_two(reworded: Plan) -> None:
    assert [(p.title, p.line, p.before_line, p.after_line) for p in reworded.anti_patterns] == [
        ("The Basket of Everybody", 139, 144, 150),
        ("One Board for All", 153, 157, 159),
    ]
    assert reworded.anti_patterns[0].before == 'cart = CartRegistry.get_cart("basket")'
    assert reworded.anti_patterns[1].after == "board = WebSocketConnectionPool()"


def test_the_other_parts_are_found_by_their_words(reworded: Plan) -> None:
    assert reworded.title == "Moving the shop's tests to one customer per request"
    assert _texts(reworded.scope_figures)[0] == ("Test files: about 60, in four folders", 8)
    assert _texts(reworded.coordination)[1] == ("Rooms are locked: a file has one owner", 98)
    assert _texts(reworded.success_criteria) == [
        ("No call of CartRegistry.get_cart() is left", 104),
        ("Every payment session ends with its request", 105),
        ("All tests pass", 106),
    ]
    assert [(p.title, p.line) for p in reworded.common_patterns] == [
        ("Pattern A: A Customer for Each Test", 122),
        ("Two Customers at Once", 130),
    ]
    assert _texts(reworded.dashboard)[0] == ("Carts     ####------ 40%", 167)
    assert _texts(reworded.report_structure)[2] == ("- Files changed: 60", 176)
    assert _texts(reworded.success_metrics)[1] == ("Speed: under 10% slower", 190)


def test_commands_keep_their_line_and_lose_comments_prompts_and_line_ends(reworded: Plan) -> None:
    first, second = reworded.validation_commands
    assert (first.argv, first.line) == (("python", "scripts/check_rules.py", "--strict"), 112)
    assert second.line == 115
    assert dict(second.options) == {"--customers": "20", "--real": "", "-k": "not slow # yet"}
    assert [command.line for command in reworded.launch] == [91, 184]
    assert dict(reworded.launch[0].options) == {
        "--agents": "3",
        "--pattern": "request_isolation",
        "--sequential": "",
    }


def test_every_part_stands_at_the_line_it_names(reworded: Plan, example: Plan) -> None:
    for plan in (reworded, example):
        parts = [*plan.scope_figures, *plan.coordination, *plan.success_criteria, *plan.success_metrics]
        for agent in plan.agents:
            parts += [*agent.scope, *agent.tasks, Item(agent.name, agent.line)]
        for item in parts:
            words = re.findall(r"\w+", item.text)[:3]
            assert all(word in _line(plan, item.line) for word in words), item
        for pattern in (*plan.anti_patterns, *plan.common_patterns):
            assert pattern.title.split()[-1] in _line(plan, pattern.line)
        for item in (*plan.dashboard, *plan.report_structure):
            assert _line(plan, item.line) == item.text
        for command in (*plan.launch, *plan.validation_commands):
            assert command.argv[1] in _line(plan, command.line)


def _counts(plan: Plan) -> tuple[int, ...]:
    globs = sum(len(agent.scope) for agent in plan.agents)
    tasks = sum(len(agent.tasks) for agent in plan.agents)
    parts = (plan.anti_patterns, plan.common_patterns, plan.success_criteria)
    commands = (plan.validation_commands, plan.launch, plan.success_metrics)
    return (len(plan.agents), globs, tasks, *map(len, parts), *map(len, commands))


def test_the_counts_of_three_plans(reworded: Plan, example: Plan) -> None:
    assert _counts(reworded) == (5, 8, 8, 2, 2, 3, 2, 2, 2)
    assert _counts(example) == (8, 14, 32, 3, 4, 6, 3, 2, 5)


def test_the_counts_of_the_reference_plan(reference: Plan) -> None:
    assert _counts(reference) == (8, 14, 32, 3, 4, 6, 3, 2, 5)
    assert [agent.line for agent in reference.agents] == [21, 42, 71, 98, 127, 156, 185, 221]
    assert [command.line for command in reference.launch] == [265, 491]
    assert [item.line for item in reference.success_metrics] == [504, 505, 506, 507, 508]


@pytest.mark.parametrize(
    ("heading", "number", "name"),
    [
        ("# Agent 7: Carts", 7, "Carts"),
        ("###### agent 7 — Carts", 7, "Carts"),
        ("## 🤖 AGENT #7: Carts", 7, "Carts"),
        ("## **Agent 7**: Carts", 7, "Carts"),
        ("## Agent 7 (Carts)", 7, "Carts"),
        ("## Agent 7", 7, "Agent 7"),
        ("Agent 7: Carts\n--------------", 7, "Carts"),
        ("## Agent 07: Carts ##", 7, "Carts"),
    ],
)
def test_headings_of_agents(heading: str, number: int, name: str, plan_of: PlanOf) -> None:
    (agent,) = plan_of(f"# Plan\n\n{heading}\n\n**Scope**: `a/**`\n").agents
    assert (agent.number, agent.name, agent.line) == (number, name, 3)
    assert _texts(agent.scope) == [("a/**", len(heading.split("\n")) + 4)]


def test_a_rule_right_below_a_paragraph_makes_no_heading_of_it(plan_of: PlanOf) -> None:
    plan = plan_of(
        "## Agent 1: A\n**Scope**: `a/**`\n**Focus**: Carts\n---\n## Agent 2: B\n**Scope**: `b/**`\n---\n"
    )
    assert [(agent.focus, [g.text for g in agent.scope]) for agent in plan.agents] == [
        ("Carts", ["a/**"]),
        ("", ["b/**"]),
    ]


def test_agents_of_uneven_headings_are_agents_still(plan_of: PlanOf) -> None:
    plan = plan_of(
        "## Agent 1: A\n\n**Scope**: `a/**`\n\n#### Agent 2: B\n\n**Scope**: `b/**`\n\n"
        "# Success criteria\n1. Done\n"
    )
    assert [(a.number, _texts(a.scope)) for a in plan.agents] == [(1, [("a/**", 3)]), (2, [("b/**", 7)])]
    assert _texts(plan.success_criteria) == [("Done", 10)]


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path, reworded: Plan) -> None:
    path = tmp_path / "plan.md"
    text = Path(reworded.path).read_text(encoding="utf-8")
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    windows = read_plan(path)
    assert (windows.agents, windows.launch) == (reworded.agents, reworded.launch)
    assert windows.digest != reworded.digest


def test_criteria_without_a_list_are_one_each_line(plan_of: PlanOf) -> None:
    plan = plan_of(f"{AGENT}# Success criteria\n✅ All `pass`\n✅ None lost\n")
    assert _texts(plan.success_criteria) == [("All pass", 4), ("None lost", 5)]


def test_a_pattern_keeps_what_stands_above_its_marks_on_both_sides(plan_of: PlanOf) -> None:
    code = "```python\nfrom shop import carts\n# WRONG\ncarts.get()\n# CORRECT\ncarts.make(user)\n```\n"
    (pattern,) = plan_of(f"{AGENT}# Anti-patterns\n{code}").anti_patterns
    assert pattern == Pattern(
        title="",
        before="from shop import carts\ncarts.get()",
        after="from shop import carts\ncarts.make(user)",
        line=4,
        before_line=5,
        after_line=5,
        language="python",
    )


def test_a_heading_inside_a_pattern_or_a_report_begins_no_part(plan_of: PlanOf) -> None:
    plan = plan_of(
        f"{AGENT}# Anti-patterns\n## Launch metrics kept\n"
        "#### Wrong\n```\nx()\n```\n#### Right\n```\ny()\n```\n"
        "# Final report\n## Success criteria\n- Met\n"
    )
    assert [(p.title, p.before, p.after) for p in plan.anti_patterns] == [
        ("Launch metrics kept", "x()", "y()")
    ]
    assert _texts(plan.report_structure) == [("## Success criteria", 14), ("- Met", 15)]
    assert plan.success_criteria == plan.success_metrics == ()


def test_anti_patterns_may_be_a_list_without_code(plan_of: PlanOf) -> None:
    plan = plan_of(f"{AGENT}# Anti-patterns\n- One cart for all\n- One session for all\n")
    assert [(p.title, p.before, p.line) for p in plan.anti_patterns] == [
        ("One cart for all", "", 4),
        ("One session for all", "", 5),
    ]


def test_code_in_a_list_keeps_its_lines(plan_of: PlanOf) -> None:
    plan = plan_of(
        f"{AGENT}# Launch\n1. Do this:\n\n   ```bash\n   go --agents 2\n   ```\n"
        "2. > ```sh\n   > stop now\n   > ```\n"
    )
    assert [(command.argv, command.line) for command in plan.launch] == [
        (("go", "--agents", "2"), 7),
        (("stop", "now"), 10),
    ]


def test_what_stands_in_an_html_comment_is_not_there(plan_of: PlanOf) -> None:
    plan = plan_of(f"{AGENT}\n<!--\n## Agent 2: Later\n**Scope**: `later/**`\n-->\n")
    assert [agent.number for agent in plan.agents] == [1]


def test_a_longer_fence_may_hold_shorter_ones(plan_of: PlanOf) -> None:
    inner = "```python\nx = 1\n```\n"
    plan = plan_of(f"{AGENT}\n## Report structure\n````markdown\n{inner}````\n")
    assert [line.text for line in plan.report_structure] == ["```python", "x = 1", "```"]


BAD = [
    ("", 1, "is empty"),
    (" \n\n\t\n", 1, "is empty"),
    ("# A plan\n\nwithout anybody\n", 1, "no agents"),
    (f"{AGENT}\n## Agent 1: Again\n", 4, "agent 1 stands at line 1 already"),
    ("# P\n## Agent 99999999999999999999999: Many\n", 2, "not between 1 and 999"),
    ("# P\n## Agent 0: None\n", 2, "not between 1 and 999"),
    (f"{AGENT}\n```python\nx = 1\n", 4, "is not closed by ```"),
    (f"{AGENT}\n~~~~\nx\n~~~\n", 4, "is not closed by ~~~~"),
    (f"{AGENT}\n- ```python\n  x = 1\n\n# End\n", 4, "is not closed"),
    (
        f"{AGENT}\n```python\nx = 1\n\n## Agent 2: B\n```python\ny = 1\n```\n",
        4,
        "before line 8 opens another",
    ),
    (f"{AGENT}\n- ~~~\n  x\n  ~~~ text\n  y\n  ~~~\n", 4, "before line 6 opens another"),
    ("## Agent 1: A\n\n**Scope**: `a/**`,\n`../other/**`\n", 4, 'leaves the repository by ".."'),
    ("## Agent 1: A\n**Scope**: `a/../../b`\n", 2, 'leaves the repository by ".."'),
    ("## Agent 1: A\n**Scope**: `a\\..\\b`\n", 2, 'leaves the repository by ".."'),
    ("## Agent 1: A\n**Scope**: `/etc/**`\n", 2, "is an absolute path"),
    ("## Agent 1: A\n**Scope**: `~/tests/**`\n", 2, "is an absolute path"),
    ("## Agent 1: A\n**Scope**: `C:/tests/**`\n", 2, "is an absolute path"),
    ("## Agent 1: A\n**Scope**: `!tests/**`\n", 2, "excludes files"),
    ("## Agent 1: A\n**Scope**: ``  ``\n", 2, "is not a valid glob"),
    ("## Agent 1: A\n**Scope**: `a*b*c*d*e*f*g`\n", 2, "times"),
    ("## Agent 1: A\n**Scope**: `**/**/**/**/**/a`\n", 2, "times"),
    ("- " * 10_000 + "x", 1, "nested too deeply"),
    ("\n".join("  " * depth + "- a" for depth in range(500)), 20, "nested too deeply"),
    (">" * 10_000, 1, "nested too deeply"),
    (f"{AGENT}\n\x1b[2J", 4, "control character U+001B"),
    (f"{AGENT}\x00", 3, "control character U+0000"),
    (f"{AGENT}\u202eevil", 3, "control character U+202E"),
    (f"{AGENT}# Launch\n```bash\n\npython 'go\n```\n", 6, "no closing quotation"),
    ("# P\n" * 300_000, 1, "is longer than 512 KiB"),
]


@pytest.mark.parametrize(("text", "line", "message"), BAD, ids=range(len(BAD)))
def test_a_bad_plan_gives_one_clear_error(text: str, line: int, message: str, plan_of: PlanOf) -> None:
    with pytest.raises(PlanError, match=rf"^PLAN\.md:{line}: ") as error:
        plan_of(text)
    assert message in str(error.value)
    assert "\n" not in str(error.value)
    assert str(error.value).isprintable()


_WORDS = st.sampled_from(
    [
        "## Agent 1: A",
        "### Agent 22",
        "**Scope**:",
        "`a/**`",
        "**Focus**: x",
        "**Key Patterns**:",
        "```python",
        "```",
        "~~~",
        "# WRONG - x",
        "# CORRECT",
        "x = Y.z()",
        "**Specific Tasks**:",
        "1. Do",
        "  - more",
        "> q",
        "# Anti-patterns",
        "## Common patterns",
        "# Launch",
        "```bash",
        "go --agents 8 \\",
        "'",
        "---",
        "",
        "    x",
        "# Success criteria",
        "# Success metrics",
        "Report structure\n===",
        "# Dashboard",
        "<!--",
        "-->",
        "\t",
        "\r",
    ]
)


@settings(derandomize=True, max_examples=400, deadline=None)
@given(st.lists(_WORDS, max_size=30).map("\n".join) | st.text(max_size=200))
def test_any_text_gives_a_plan_or_a_plan_error_and_always_the_same(text: str) -> None:
    outcomes = [_outcome(text), _outcome(text)]
    assert outcomes[0] == outcomes[1]
    if isinstance(outcomes[0], Plan):
        lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
        assert all(1 <= number <= lines for number in _all_lines(outcomes[0]))


def _outcome(text: str) -> Plan | str:
    try:
        return parse_plan(text, "PLAN.md")
    except PlanError as error:
        return str(error)


def _all_lines(plan: Plan) -> list[int]:
    parts: list[Item | Pattern | Command] = [
        *plan.success_criteria,
        *plan.success_metrics,
        *plan.report_structure,
    ]
    parts += [
        *plan.anti_patterns,
        *plan.common_patterns,
        *plan.launch,
        *plan.validation_commands,
        *plan.dashboard,
    ]
    for agent in plan.agents:
        parts += [*agent.scope, *agent.tasks, *agent.patterns, Item("", agent.line)]
    return [part.line for part in parts]
