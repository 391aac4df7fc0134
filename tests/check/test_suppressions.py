"""Suppressions silence one rule at one place, and stop the fixer; in strict mode they need a reason."""

from collections.abc import Callable

import pytest

from cellwall.check.fixer import FixResult
from cellwall.check.suppressions import suppressions_in
from cellwall.check.time_limit import limited

Fix = Callable[..., FixResult]
CALL = 'AgentRegistry.get_agent("x")'
ALLOW = "# cellwall: allow[CW101] the registry itself is tested"


def source(line: str) -> str:
    return f"from app.agents import AgentRegistry\n\ndef test_run(user_context):\n{line}\n"


@pytest.mark.parametrize(
    "line",
    [
        f"    {CALL}  # cellwall: allow[global-registry-access] the registry itself is tested",
        f"    # cellwall: allow[CW101] the registry itself is tested\n    {CALL}",
        f"    # cellwall: allow[other, global-registry-access]  the registry itself is tested\n    {CALL}",
        f"    {CALL}  # type: ignore # cellwall: allow[CW101] the registry itself is tested",
        f"    AgentRegistry.get_agent(\n        'x'\n    )  {ALLOW}",
        f"    f(\n        {CALL},\n    )  {ALLOW}",
        f"    {ALLOW}\n    f(\n        1,\n        {CALL},\n    )",
        f"    {ALLOW}\n    @d(1)\n    @e\n    def f(\n        x={CALL},\n    ): 0",
    ],
)
def test_a_finding_with_a_reason_is_kept_and_not_fixed(line: str, fix: Fix) -> None:
    result = fix(source(line), rules=("CW101",))
    assert result.source.decode() == source(line)
    assert [finding.suppressed for finding in result.remaining] == ["the registry itself is tested"]


@pytest.mark.parametrize(
    "line",
    [
        f"    {CALL}  # cellwall: allow[shared-session] another rule",
        f'    "# cellwall: allow[CW101] in a string"; {CALL}',
        f"    # cellwall: allow[CW101] too far above\n\n    {CALL}",
        f"    {CALL}\n    # cellwall: allow[CW101] below",
        f"    pass  # cellwall: allow[CW101] beside other code\n    {CALL}",
        f"    f(  # cellwall: allow[CW101] in one line of several\n        {CALL},\n    )",
        f"    # cellwall: allow[CW101] about the head\n    if (\n        x\n    ):\n        {CALL}",
        f"    if x:\n        {CALL}\n    y = (\n        1\n    )  {ALLOW}",
    ],
)
def test_anything_else_silences_nothing(line: str, fix: Fix) -> None:
    result = fix(source(line), rules=("CW101",))
    assert len(result.repaired) == 1
    assert result.remaining == ()


def test_a_reason_is_required_in_strict_mode(fix: Fix) -> None:
    line = f"    {CALL}  # cellwall: allow[global-registry-access]"
    loose = fix(source(line))
    assert [(f.code, f.suppressed) for f in loose.remaining] == [("CW101", ""), ("CW002", None)]
    strict = fix(source(line), strict=True)
    assert [f.code for f in strict.repaired] == ["CW101"]
    assert [f.code for f in strict.remaining] == ["CW002"]


def test_comments_that_stand_above_each_other_are_about_the_same_line(fix: Fix) -> None:
    lines = f"    # cellwall: allow[CW101] one\n    # cellwall: allow[CW102] two\n    {CALL}"
    result = fix(source(lines), rules=("CW101", "CW102"))
    assert [finding.suppressed for finding in result.remaining] == ["one"]


def test_all_is_said_of_a_comment() -> None:
    text = "x = 'ä'  # cellwall: allow[CW101, shared-session]  why not\n# cellwall: allow[CW102]\ny = 1\n"
    first, second = suppressions_in(text.encode())
    assert (first.line, first.column, first.target, first.alone) == (1, 9, 1, False)
    assert (first.names, first.reason) == (("CW101", "shared-session"), "why not")
    assert (second.line, second.target, second.reason, second.alone) == (2, 3, "", True)


def test_a_file_that_cannot_be_split_into_tokens_has_none() -> None:
    assert suppressions_in(b"'''  # cellwall: allow[CW101] x\n") == ()


def test_of_two_comments_the_one_in_the_line_itself_counts(fix: Fix) -> None:
    inner = f"        {CALL},  # cellwall: allow[CW101] inner"
    line = f"    f(\n{inner}\n        {CALL},\n    )  # cellwall: allow[CW101] outer"
    result = fix(source(line))
    assert [(f.code, f.suppressed) for f in result.remaining] == [("CW101", "inner"), ("CW101", "outer")]


def test_lines_may_end_with_carriage_returns(fix: Fix) -> None:
    text = source(f"    {CALL}  # cellwall: allow[CW101] so").replace("\n", "\r")
    assert [f.suppressed for f in fix(text).remaining] == ["so"]


def test_an_unused_one_behind_another_comment_goes_alone(fix: Fix) -> None:
    for before, after in (
        ("x = 1  # noqa # cellwall: allow[CW101] so\n", "x = 1  # noqa\n"),
        ("# noqa # cellwall: allow[CW101] so\nx = 1\n", "# noqa\nx = 1\n"),
    ):
        assert fix(before).source.decode() == after


@pytest.mark.parametrize(
    "unit", ["# cellwall: allow[", "# cellwall: allow[a] b\n", "#  \t", "# cellwall: \n"]
)
def test_comments_that_are_made_to_be_hard_take_no_square(unit: str) -> None:
    source = (unit * (400_000 // len(unit))).encode()
    with limited(20.0):  # half a second
        suppressions_in(source + b"\n# cellwall: x\n")


def test_a_list_of_names_that_is_left_open_hides_no_other_comment() -> None:
    (one,) = suppressions_in(b"x = 1  # cellwall: allow[ # cellwall: allow[shared-session] known\n")
    assert one.names == ("shared-session",)
    assert one.reason == "known"
