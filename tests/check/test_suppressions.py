"""Suppressions silence one rule at one place, need a reason, and stop the fixer."""

from collections.abc import Callable

import pytest

from cellwall.check.fixer import FixResult

Fix = Callable[..., FixResult]
CALL = 'AgentRegistry.get_agent("x")'


def source(line: str) -> str:
    return f"from app.agents import AgentRegistry\n\ndef test_run(user_context):\n{line}\n"


@pytest.mark.parametrize(
    "line",
    [
        f"    {CALL}  # cellwall: allow[global-registry-access] the registry itself is tested",
        f"    # cellwall: allow[CW101] the registry itself is tested\n    {CALL}",
        f"    # cellwall: allow[other, global-registry-access]  the registry itself is tested\n    {CALL}",
    ],
)
def test_a_finding_with_a_reason_is_kept_and_not_fixed(line: str, fix: Fix) -> None:
    result = fix(source(line))
    assert result.source.decode() == source(line)
    assert [finding.suppressed for finding in result.remaining] == ["the registry itself is tested"]


@pytest.mark.parametrize(
    "line",
    [
        f"    {CALL}  # cellwall: allow[global-registry-access]",
        f"    {CALL}  # cellwall: allow[shared-session] another rule",
        f'    "# cellwall: allow[CW101] in a string"; {CALL}',
        f"    # cellwall: allow[CW101] too far above\n\n    {CALL}",
        f"    {CALL}\n    # cellwall: allow[CW101] below",
        f"    pass  # cellwall: allow[CW101] beside other code\n    {CALL}",
    ],
)
def test_anything_else_silences_nothing(line: str, fix: Fix) -> None:
    result = fix(source(line))
    assert len(result.repaired) == 1
    assert result.remaining == ()
