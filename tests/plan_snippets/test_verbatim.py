"""The tests of this folder hold the plan's snippets word for word, but for the listed deviations."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLAN = (ROOT / "tests/fixtures/plan_snippets.md").read_text()
DEVIATIONS = (ROOT / "docs/runtime/plan-deviations.md").read_text()
ANTI_PATTERNS = ("Global State Access", "Shared Session Usage", "Singleton WebSocket Managers")
SNIPPETS = dict(re.findall(r"^## (?:❌ )?([^\n]+)\n\n```python\n(.*?)^```$", PLAN, re.MULTILINE | re.DOTALL))
IN_HALVES = (*ANTI_PATTERNS, "Agent 1: Core Backend Unit Tests")  # a wrong and a right one
TABLE = re.findall(r"^\| (.+?) \| `(.+?)` \| `(.+?)` \| (.+?) \|$", DEVIATIONS, re.MULTILINE)


def file_of(heading: str) -> Path:
    """Give the file that runs a snippet."""
    name = (
        "anti_patterns" if heading in ANTI_PATTERNS else heading.partition(":")[0].replace(" ", "_").lower()
    )
    return Path(__file__).with_name(f"test_{name}.py")


def expected_lines(heading: str) -> list[str]:
    """Give the snippet's lines as they should run."""
    text = SNIPPETS[heading]
    for snippet, before, after, _ in TABLE:
        if snippet == heading:
            assert text.count(before) == 1, before
            text = text.replace(before, after)
    return [line.strip() for line in text.splitlines() if line.strip()]


def test_the_plan_has_fifteen_snippets() -> None:
    assert len(SNIPPETS) == 15
    assert {heading.partition(":")[0] for heading in SNIPPETS if ":" in heading} == {
        *(f"Agent {number}" for number in range(1, 9)),
        *(f"Pattern {number}" for number in range(1, 5)),
    }


@pytest.mark.parametrize("heading", SNIPPETS)
def test_a_snippet_runs_word_for_word(heading: str) -> None:
    lines = [line.strip() for line in file_of(heading).read_text().splitlines()]
    lines = [line.removesuffix("  # type: ignore[attr-defined]") for line in lines]
    position = 0
    for line in expected_lines(heading):
        assert line in lines[position:], f"{file_of(heading).name} lacks, or has elsewhere: {line}"
        position = lines.index(line, position) + 1


@pytest.mark.parametrize("heading", [heading for heading in SNIPPETS if heading not in IN_HALVES])
def test_nothing_stands_between_the_lines_of_a_snippet(heading: str) -> None:
    text = "\n".join(line.strip() for line in file_of(heading).read_text().splitlines() if line.strip())
    assert "\n".join(expected_lines(heading)) in text


def test_every_deviation_is_used() -> None:
    assert len(TABLE) == DEVIATIONS.count("\n| ") - 1
    assert {snippet for snippet, *_ in TABLE} <= SNIPPETS.keys()
