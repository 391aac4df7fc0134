"""Gates are conjunctions of disjunctions over byte strings and patterns; each is looked for once."""

import re

import pytest

from cellwall.check.file_kind import FileKind
from cellwall.check.gate import EVERY_FILE, IN_SERVICE, IN_TESTS, NOT_IN_TESTS, Gate, GatedSource
from cellwall.check.renamed import Renamed


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
        (Gate.any_of(bytes.isupper), b"A", True),
        (Gate.any_of(bytes.isupper), b"a", False),
        (IN_TESTS & Gate.any_of(b"a"), b"a", True),
        (Gate.any_of(b"a") & IN_TESTS, b"b", False),
        (IN_SERVICE & Gate.any_of(b"a"), b"a", False),
        (NOT_IN_TESTS & Gate.any_of(b"a"), b"a", False),
        (NOT_IN_TESTS & IN_TESTS, b"a", False),
    ],
)
def test_gates(gate: Gate, source: bytes, passes: bool) -> None:
    assert GatedSource(source, FileKind.TEST).passes(gate) is passes


def test_a_token_is_looked_for_once() -> None:
    class Counted(bytes):
        searched = 0

        def __contains__(self, token: object) -> bool:
            self.searched += 1
            return bytes.__contains__(self, token)  # type: ignore[operator]

    source = Counted(b"abc")
    gated = GatedSource(source, FileKind.TEST)
    for _ in range(3):
        assert gated.passes(Gate.any_of(b"x", b"b"))
    assert source.searched == 2


def test_what_another_file_renamed_is_there_under_its_first_name() -> None:
    renamed = (Renamed(b"Sess", [b"sqlalchemy.orm.Session"]),)
    for source, passes in ((b"db = Sess()\n", True), (b"db = other()\n", False)):
        gated = GatedSource(source, FileKind.SERVICE, renamed)
        assert gated.passes(Gate.any_of(b"Session(")) is passes
