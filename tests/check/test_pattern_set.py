"""A set tells of each thing that it looks for what a look for it alone tells."""

import builtins
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.check.closer_look import CloserLook, InOnePass
from cellwall.check.deferred_pattern import deferred
from cellwall.check.file_kind import FileKind
from cellwall.check.gate import Gate, GatedSource, sought_by, stands_in
from cellwall.check.pattern_set import PatternSet, pattern_set
from cellwall.check.plain_pattern import plain
from cellwall.check.renamed import Renamed
from cellwall.check.rule_gates import gates
from cellwall.check.settings import CheckSettings
from tests.check.test_plain_pattern import FLAGS, PATTERNS, SIGNS

pytest.importorskip("hyperscan")

SOUGHT: list[bytes | re.Pattern[bytes]] = [
    b"user", b"a.b", b"\x00\xff", b"User", b"(",
    deferred(rb"get[\s\\]*\("), deferred(rb"\bconn\b", re.IGNORECASE), re.compile(rb"x(?!y)"),
    re.compile(rb"^def", re.MULTILINE), re.compile(rb"a{50}"), re.compile(rb"[^\n]+\n\w"),
]  # fmt: skip
PIECES = [b"user", b"User", b"a.b", b"axb", b"\x00\xff", b"(", b"get", b" \\\n(", b"CONN", b"_", b"x", b"y",
          b"\n", b"def", b"a" * 30, b"\xe9"]  # fmt: skip
COUNTLESS = re.compile(rb"(?:(?:[ab]{9,31}c){9,31}d){9}")


def made(sought: object) -> PatternSet:
    found = pattern_set(sought)  # type: ignore[arg-type]
    assert found is not None
    return found


ALL = made(SOUGHT)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join))
def test_it_tells_what_single_looks_tell(source: bytes) -> None:
    known = ALL.known_in(source)
    for one in SOUGHT:
        assert one in ALL
        assert known.get(one, True) >= stands_in(one, source)
        if isinstance(one, bytes):
            assert known[one] is (one in source)


def everything() -> CheckSettings:
    return CheckSettings(preview=True)


@settings(deadline=None)  # the first example makes the set
@given(st.data())
def test_the_gates_of_all_rules_let_the_same_through(data: st.DataObject) -> None:
    """Of pieces of what they look for themselves, so that much of it stands there."""
    tokens = [
        token for token in sought_by(gate for _, gate in gates(everything())) if isinstance(token, bytes)
    ]
    between = st.sampled_from([b" ", b"\n", b".", b"(", b"=", b"[", b", ", b"\n    ", b" = {}\n", b"#\n"])
    pieces = data.draw(st.lists(st.tuples(st.sampled_from(tokens), between), max_size=20))
    source = b"".join(piece for pair in pieces for piece in pair)
    for kind in FileKind:
        together = GatedSource(source, kind, (), _of_all())
        for rule, gate in gates(everything()):
            assert together.passes(gate) is passes_alone(gate, kind, source), rule.code


def passes_alone(gate: Gate, kind: FileKind, source: bytes) -> bool:
    """Tell whether a gate lets through what is looked for one after the other, all of it."""
    alone = (
        token.pattern if isinstance(token, InOnePass) else token
        for clause in gate.clauses
        for token in clause
    )
    stands = {token: stands_in(token, source) for token in dict.fromkeys(alone)}
    return kind in gate.kinds and all(
        any(stands[token.pattern if isinstance(token, InOnePass) else token] for token in clause)
        for clause in gate.clauses
    )


_made: list[PatternSet] = []


def _of_all() -> PatternSet:
    if not _made:
        _made.append(made(sought_by(gate for _, gate in _all_gates())))
    return _made[0]


def _all_gates() -> list[Any]:
    return gates(everything())


def test_names_that_are_renamed_are_told_too() -> None:
    renamed = (Renamed(b"Sess", [b"Session"]), Renamed(b"Other", [b"x"]))
    found = made([renamed[0].pattern, b"Session("])
    gate = Gate.any_of(b"Session(")
    assert GatedSource(b"db = Sess()", FileKind.SERVICE, renamed, found).passes(gate)
    assert not GatedSource(b"db = Self()", FileKind.SERVICE, renamed, found).passes(gate)


def test_a_function_is_asked_only_where_its_own_words_stand() -> None:
    asked: list[bytes] = []

    def look(source: bytes) -> bool:
        asked.append(source)
        return True

    closer = CloserLook((b"self", re.compile(rb"cl+s")), look)
    found, gate = made(sought_by([Gate.any_of(closer)])), Gate.any_of(closer)
    for source, passes in ((b"other", False), (b"x.self", True), (b"clls", True)):
        assert GatedSource(source, FileKind.SERVICE, (), found).passes(gate) is passes
    assert asked == [b"x.self", b"clls"]
    assert GatedSource(b"other", FileKind.SERVICE).passes(gate)  # nobody looked for the words: it is asked


def test_a_dear_pattern_is_asked_of_the_set_alone() -> None:
    pattern = re.compile(rb"us.r", re.IGNORECASE)
    gate = Gate.any_of(InOnePass(pattern))
    found = made(sought_by([gate]))
    assert GatedSource(b"a User", FileKind.SERVICE, (), found).passes(gate)
    assert not GatedSource(b"an owner", FileKind.SERVICE, (), found).passes(gate)
    assert GatedSource(b"an owner", FileKind.SERVICE).passes(gate)


def test_what_cannot_be_said_is_left_to_single_looks() -> None:
    never = re.compile(rb"a\ba")
    found = made([COUNTLESS, never, b"abc"])
    assert COUNTLESS not in found
    assert never not in found
    assert b"abc" in found


@given(PATTERNS, FLAGS, st.lists(SIGNS, max_size=12).map(b"".join))
def test_any_pattern_that_can_be_said_is_told(pattern: bytes, flags: int, text: bytes) -> None:
    try:
        first = re.compile(pattern, flags)
    except re.error:
        return
    found = pattern_set([first])
    if plain(first) is None:
        assert found is None
    if found is not None:
        assert found.known_in(text).get(first, True) >= (first.search(text) is not None)


@pytest.mark.parametrize("token", [5, None, "text", [1], object()])
def test_what_is_nothing_to_look_for_is_left_out(token: object) -> None:
    known = pattern_set([token, b"b", token])
    assert known is None or known.known_in(b"abc") == {b"b": True}


def test_without_work_there_is_no_set() -> None:
    assert pattern_set([]) is None
    assert pattern_set([bytes.isupper, b""]) is None


def test_without_the_engine_there_is_no_set(monkeypatch: pytest.MonkeyPatch) -> None:
    first: Callable[..., Any] = builtins.__import__

    def refused(name: str, *rest: Any, **more: Any) -> Any:
        if name == "hyperscan":
            raise ImportError(name)
        return first(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", refused)
    assert pattern_set([b"a"]) is None
