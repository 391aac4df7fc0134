"""Gates are conjunctions of disjunctions over byte strings and patterns; each is looked for once."""

import re

import pytest

from cellwall.check.gate import EVERY_FILE, Gate, GatedSource


@pytest.mark.parametrize(
    ("gate", "source", "passes"),
    [
        (EVERY_FILE, b"", True),
        (Gate.any_of(), b"anything", False),
        (Gate.any_of(b"a", b"b"), b"xb", True),
        (Gate.any_of(b"a", b"b"), b"xc", False),
        (Gate.any_of(b"a") & Gate.any_of(b"b"), b"ab", True),
        (Gate.any_of(b"a") & Gate.any_of(b"b"), b"a", False),
        (Gate.any_of(re.compile(rb"^x", re.MULTILINE)), b"y\nx", True),
        (Gate.any_of(re.compile(rb"^x", re.MULTILINE)), b"yx", False),
        (Gate.any_of(b"a", re.compile(rb"[0-9]")), b"7", True),
    ],
)
def test_gates(gate: Gate, source: bytes, passes: bool) -> None:
    assert GatedSource(source).passes(gate) is passes


def test_a_token_is_looked_for_once() -> None:
    class Counted(bytes):
        searched = 0

        def __contains__(self, token: object) -> bool:
            self.searched += 1
            return bytes.__contains__(self, token)  # type: ignore[operator]

    source = Counted(b"abc")
    gated = GatedSource(source)
    for _ in range(3):
        assert gated.passes(Gate.any_of(b"x", b"b"))
    assert source.searched == 2
