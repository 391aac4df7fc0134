import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cellwall.migrate.events import RunStopped
from cellwall.migrate.fake_run import RunBuilder, halfway, site, started, whole
from cellwall.migrate.state import State
from cellwall.migrate.views.report_markdown import code, escape, render_markdown

# The part that the plan's own report structure asks for.
SEEN = """\
# How it went

## Numbers

- Files Updated in Total: 6 of 8 in scope, and 1 new file
- Bad Patterns Removed: 7 instances
- Coverage of Code: 81.0% → 83.5%
- Customer Happiness: not measured

## Isolation Results

- Database Isolation: met (0 session findings remain of 3; 20 tests pass)

## Remaining Work

Nothing remains.

## Criteria: 3 of 4 met
"""


def markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"linkify": False}).enable("table")


def test_the_plans_structure_filled_with_what_was_measured() -> None:
    assert render_markdown(whole().state).startswith(SEEN)


def test_no_sample_figure_of_the_plan_is_told_as_a_result() -> None:
    for build in (RunBuilder().start(), started(), halfway(), whole()):
        text = render_markdown(build.state)
        assert not re.search(r"9,999|8,888|7,777|71%|72%|all went well|fine", text)


def test_criteria_with_their_evidence() -> None:
    text = render_markdown(whole().state)
    assert "| met | Nothing calls the global registry any more | 0 registry findings remain of 5 |" in text
    assert "| not measured | The coffee machine is cleaned | no evaluator covers this sentence |" in text


def test_everything_that_remains_is_listed_by_reason() -> None:
    sites = [site("tests/cart/test_a.py", n, reason="no role", detail=f"d{n}") for n in range(1, 4)]
    build = started().merge("a01-b000", 1, ["tests/cart/test_a.py"], sites)
    build.refuse("a02-b000", 2, ["tests/out/test_c.py"], "lost an assertion\nassert x")
    text = render_markdown(build.findings({"shared-session": 2}).finish().state)
    assert "The checker still finds 2 defects" in text
    assert "### no role: 3 places" in text
    assert "| `tests/cart/test_a.py:2` | CW101 global-registry-access | d2 |" in text
    assert "### a gate refused the repair: 1 place" in text
    assert "```text\nlost an assertion\nassert x\n```" in text
    assert text.index("no role: 3") < text.index("a gate refused")


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (
            halfway().add(RunStopped("the time limit")),
            "The run was stopped (the time limit); cellwall resume",
        ),
        (halfway(), "The run has not ended"),
        (started().tests("after", {}, note="no interpreter"), "no interpreter"),
        (started().finish(), "Tests were not run."),
        (RunBuilder().start(options={"dry_run": True}).survey().finish(), "This was a dry run"),
        (RunBuilder().start(plan={}).survey().finish(), "The plan names no criteria"),
        (RunBuilder().start(plan={}).survey().finish(), "# Report of the run"),
        (started().tests("after", lost=["tests/a.py::test_x"]).finish(), "Tests that are gone: 1"),
        (
            started().tests("after", overridden=["--maxfail=1"]),
            "Overridden options of the target: --maxfail=1",
        ),
    ],
)
def test_what_was_not_done_is_said(build: RunBuilder, said: str) -> None:
    assert said in render_markdown(build.state).replace("\\", "")


def test_hostile_texts_mark_up_nothing(hostile: State) -> None:
    text = render_markdown(hostile)
    assert all(line.isprintable() for line in text.split("\n"))
    rendered = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    for trace in ("<script", "<img", "<a ", "onerror=x>", "<h1>Owned"):
        assert trace not in rendered
    assert rendered.count("<h1>") == 1
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in rendered


def test_every_row_of_a_hostile_table_has_its_columns(hostile: State) -> None:
    lines = render_markdown(hostile).split("\n")
    starts = [number for number, line in enumerate(lines) if re.fullmatch(r"\|(---\|)+", line)]
    assert len(starts) >= 8
    for start in starts:
        columns = lines[start].count("---")
        assert lines[start + 1].startswith("| ")
        assert len(re.findall(r"(?<!\\)\|", lines[start + 1])) == columns + 1


@given(st.text(max_size=60))
def test_escaped_texts_show_as_they_are(text: str) -> None:
    tokens = markdown().parse(f"| a |\n|---|\n| x{escape(text)}x |\n")
    cell = [token for token in tokens if token.type == "inline"][1]
    assert cell.children is not None
    assert {child.type for child in cell.children} <= {"text", "text_special"}


@given(st.text(max_size=60))
def test_code_stays_one_cell(text: str) -> None:
    tokens = markdown().parse(f"| a |\n|---|\n| {code(text)} |\n")
    assert sum(token.type == "td_open" for token in tokens) == 1
    cell = [token for token in tokens if token.type == "inline"][1]
    assert cell.children is not None
    assert [child.type for child in cell.children] == ["code_inline"]


def test_a_huge_run_is_listed_whole() -> None:
    build = RunBuilder().start(tuple(f"Part {n}" for n in range(1, 9))).survey(files_in_scope=5_000)
    for number in range(625):
        paths = [f"tests/p{number}/test_{i}.py" for i in range(8)]
        sites = [site(path, 1, reason=f"reason {i % 9}") for i, path in enumerate(paths[:4])]
        build.plan(f"a{number % 8 + 1:02}-b{number:03}", number % 8 + 1, *paths)
        build.merge(f"a{number % 8 + 1:02}-b{number:03}", number % 8 + 1, paths, sites)
    text = render_markdown(build.finish().state)
    assert text.count("CW101") == 2_500
    assert "5,000 of 5,000 in scope" in text
