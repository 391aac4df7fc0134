"""A suppression without a reason is found where it stands; with one it is not."""

from collections.abc import Callable

from cellwall.check.fixer import FixResult


def test_without_and_with_a_reason(fix: Callable[..., FixResult]) -> None:
    call = "from app.agents import AgentRegistry\n\nAgentRegistry.get_agent('x')"
    result = fix(call + "  # cellwall: allow[CW101]\n")
    assert [(f.code, f.line, f.column) for f in result.remaining if f.suppressed is None] == [
        ("CW002", 3, 31)
    ]
    result = fix(call + "  # cellwall: allow[CW101] why\n")
    assert [f.code for f in result.remaining if f.suppressed is None] == []


def test_it_can_be_allowed_itself(fix: Callable[..., FixResult]) -> None:
    call = "from app.agents import AgentRegistry\n\nAgentRegistry.get_agent('x')"
    result = fix(call + "  # cellwall: allow[CW101, CW002]\n")
    assert [f.suppressed for f in result.remaining if f.code in ("CW101", "CW002")] == ["", ""]
