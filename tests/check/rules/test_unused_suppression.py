"""A suppression that silences nothing is found, and its comment is taken out without touching the rest."""

from collections.abc import Callable

import pytest

from cellwall.check.fixer import FixResult

Fix = Callable[..., FixResult]
CALL = "from app.agents import AgentRegistry\n\nAgentRegistry.get_agent('x')"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1  # cellwall: allow[CW101] gone\n", "x = 1\n"),
        ("x = 1\t# cellwall: allow[CW101]\n", "x = 1\n"),
        ("if x:\n    # cellwall: allow[CW101] gone\n    y = 1\n", "if x:\n    y = 1\n"),
        ("x = 'ä€'  # cellwall: allow[CW101] weg ä\r\ny = 2\r\n", "x = 'ä€'\r\ny = 2\r\n"),
        ("x = 1  # cellwall: allow[CW101] at the end", "x = 1"),
        (
            CALL + "  # cellwall: allow[CW101, shared-session] the registry is tested\n",
            CALL + "  # cellwall: allow[CW101] the registry is tested\n",
        ),
    ],
)
def test_the_comment_goes(before: str, after: str, fix: Fix) -> None:
    result = fix(before)
    assert result.source.decode() == after
    assert [f.code for f in result.repaired] == ["CW001"]


@pytest.mark.parametrize(
    "source",
    [
        CALL + "  # cellwall: allow[CW101] the registry is tested\n",
        CALL + "  # cellwall: allow[global-registry-access, CW001, CW101] by name and by code\n",
        "x = '# cellwall: allow[CW101] in a string'\n",
        "x = 1  # cellwall: something else\n",
    ],
)
def test_a_comment_of_use_stays(source: str, fix: Fix) -> None:
    result = fix(source)
    if ", CW101]" in source:  # the name silences, so the code beside it is of no use; that itself is allowed
        assert [(f.code, f.suppressed) for f in result.remaining][-1] == ("CW001", "by name and by code")
    else:
        assert [f.code for f in (*result.repaired, *result.remaining) if f.suppressed is None] == []
    assert result.source.decode() == source


def test_rules_that_do_not_run_are_not_judged(fix: Fix) -> None:
    source = "x = 1  # cellwall: allow[CW101] gone\n"
    assert fix(source, rules=("CW001", "CW102")).repaired == ()
    assert fix(source, ignore=("CW101",)).repaired == ()
    assert fix(source, per_file_ignores=(("tests/**", ("CW101",)),)).repaired == ()
    assert len(fix(source, per_file_ignores=(("tests/**", ("CW102",)),)).repaired) == 1


def test_what_it_says(fix: Fix) -> None:
    found = fix("x = 1  # cellwall: allow[CW101, nope] gone\n", ignore=()).repaired[0]
    assert found.message == (
        "this suppression silences nothing: `CW101` finds nothing here, no rule is called `nope`"
    )
    assert (found.line, found.column, found.end_column) == (1, 8, 43)
