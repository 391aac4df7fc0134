import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from cellwall.migrate.fake_run import PLAN, RunBuilder, halfway, started, whole
from cellwall.migrate.state import State
from cellwall.migrate.views.dashboard import render_dashboard

# What people see, halfway through a run.
SEEN = """\
┌──────────────────────────────────────────────────────────────────────────────┐
│ SHOP TESTS                                                                   │
├──────────────────────────────────────────────────────────────────────────────┤
│ Agent 1 (Carts):     █████████████░░░░░░░  66%                               │
│ Agent 2 (Checkout):  █████████████░░░░░░░  66%  2 files refused              │
├──────────────────────────────────────────────────────────────────────────────┤
│ All Files Changed: 1/8                                                       │
│ Tests Passing: 100% (5 of 5)                                                 │
│ Violations found: 11                                                         │
│ Validation queue: 1 waiting, 0 running, 1 passed, 1 refused                  │
│ Estimated completion: 7 seconds                                              │
└──────────────────────────────────────────────────────────────────────────────┘
run 20250902-120000-abcd, 2 agents, branch cellwall/20250902-120000-abcd"""


def test_the_box_of_the_plan() -> None:
    build = halfway()
    assert render_dashboard(build.state, build.now).plain == SEEN


def test_plain_characters_where_the_terminal_has_no_others() -> None:
    text = render_dashboard(halfway().state, 0.0, ascii_only=True).plain
    assert text.isascii()
    assert "#############-------  66%" in text


def test_without_colour_nothing_is_styled() -> None:
    assert render_dashboard(whole().state, 0.0, color=True).spans
    assert not render_dashboard(whole().state, 0.0, color=False).spans


def test_the_title_and_names_of_a_plan_without_a_dashboard() -> None:
    state = RunBuilder().start(plan={**PLAN, "dashboard": []}).survey().state
    text = render_dashboard(state, 0.0).plain
    assert "CELLWALL RUN" in text
    assert "Agent 1 (Carts and Baskets):" in text
    assert "Files updated: 0/8" in text


def test_a_border_line_is_no_title() -> None:
    lines = [{"text": "┌────┐", "line": 1}, {"text": "│  SHOP  │", "line": 2}, {"text": "├────┤", "line": 3}]
    state = RunBuilder().start(plan={"dashboard": lines}).state
    assert render_dashboard(state, 0.0).plain.splitlines()[1].split() == ["│", "SHOP", "│"]


def test_shared_files_have_a_bar_of_their_own() -> None:
    build = started().plan("a00-b000", 0, "tests/conftest.py")
    assert "Shared files:" in render_dashboard(build.state, 0.0).plain


def test_before_anything_started() -> None:
    assert "no run has started" in render_dashboard(State(), 0.0).plain


@settings(max_examples=60)
@given(
    st.lists(st.text(max_size=90), min_size=1, max_size=6),
    st.integers(28, 120),
    st.booleans(),
    st.text(max_size=90),
)
def test_the_box_is_rectangular_whatever_the_names_are(
    names: list[str], width: int, ascii_only: bool, line: str
) -> None:
    plan = {"dashboard": [{"text": line, "line": 1}]}
    state = RunBuilder().start(tuple(names), plan=plan).survey().state
    lines = render_dashboard(state, 0.0, width, ascii_only=ascii_only).plain.split("\n")
    box = lines[:-1]
    assert {cell_len(row) for row in box} == {min(width, 80)}
    assert len(box) == len(names) + 10
    assert all(row.isprintable() for row in lines)


def test_with_many_agents_those_at_work_are_shown_and_the_rest_counted() -> None:
    build = RunBuilder().start(tuple(f"Part {i}" for i in range(1, 41))).survey()
    for number in range(1, 41):
        build.plan(f"a{number:02}-b000", number, f"tests/p{number}/test_a.py")
    build.merge("a01-b000", 1, []).propose("a39-b000", 39, ["tests/p39/test_a.py"])
    build.judge("a39-b000")
    text = render_dashboard(build.state, 0.0, height=24).plain
    assert len(text.split("\n")) <= 24
    assert "Agent 39 (Part 39)" in text
    assert "Agent 1 (" not in text
    assert "… and 28 more" in text


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (started(), "measuring the pace"),
        (whole(), "finished"),
        (started().tests("before", {}, note="none"), "Tests Passing: not measured"),
    ],
)
def test_what_is_not_known_is_said(build: RunBuilder, said: str) -> None:
    assert said in render_dashboard(build.state, 0.0).plain


def test_a_percentage_of_tests_is_100_only_when_all_pass() -> None:
    build = started().tests("after", {"passed": 9_999, "failed": 1})
    assert "Tests Passing: 99% (9,999 of 10,000)" in render_dashboard(build.state, 0.0).plain


def test_a_dry_run_says_so() -> None:
    build = RunBuilder().start(options={"dry_run": True}).survey()
    build.plan("a01-b000", 1, "tests/a.py").propose("a01-b000", 1, ["tests/a.py"])
    text = render_dashboard(build.state, 0.0).plain
    assert "All Files Changed: 1/8 (dry run)" in text
    assert "100%" in text
