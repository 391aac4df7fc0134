"""A plain pattern stands wherever the first one does, and where it calls itself exact nowhere else."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cellwall.check.deferred_pattern import deferred
from cellwall.check.plain_pattern import literal, plain

SIGNS = st.sampled_from([b"a", b"b", b"A", b"1", b" ", b"\n", b"\\", b"#", b"_", b"\xe9", b"\v"])
SINGLE = st.sampled_from(
    [rb"a", rb"A", rb"1", rb"\n", rb"\\", rb"#", rb"\xe9", rb".", rb"\w", rb"\W", rb"\s", rb"\S", rb"\d",
     rb"\D", rb"[ab]", rb"[^a]", rb"[\w\x80-\xff]", rb"[^\s\\]", rb"[a-b_]", rb"[^\W\d]"]
)  # fmt: skip
REPEATS = st.sampled_from(
    [b"*", b"+", b"?", b"*?", b"+?", b"??", b"*+", b"++", b"?+", b"{2}", b"{,2}", b"{1,3}?"]
)
PLACES = st.sampled_from([rb"\b", rb"\B", rb"^", rb"$", rb"\A", rb"\Z"])


def larger(inner: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    return st.one_of(
        st.tuples(inner, inner).map(b"".join),
        st.tuples(inner, inner).map(lambda two: b"(?:" + two[0] + b"|" + two[1] + b"|)"),
        st.tuples(inner, REPEATS).map(lambda two: b"(?:" + two[0] + b")" + two[1]),
        st.tuples(st.sampled_from([b"(?=", b"(?!", b"(", b"(?>", b"(?i:", b"(?-i:", b"(?s:"]), inner).map(
            lambda two: two[0] + two[1] + b")"
        ),
    )


PATTERNS = st.recursive(SINGLE | PLACES, larger, max_leaves=8)
FLAGS = st.sampled_from([0, re.DOTALL, re.IGNORECASE, re.MULTILINE, re.DOTALL | re.IGNORECASE])


@given(PATTERNS, FLAGS, st.lists(SIGNS, max_size=12).map(b"".join))
@example(rb"a(?!b)c{,2}", 0, b"a")
@example(rb"a{3,40}", 0, b"a" * 41)
@example(rb"\n^a?", re.MULTILINE, b"\n")
def test_it_stands_wherever_the_first_does(pattern: bytes, flags: int, text: bytes) -> None:
    try:
        first = re.compile(pattern, flags)
    except re.error:
        return
    said = plain(first)
    if said is None:
        return
    stands = re.search(said.text, text, re.DOTALL) is not None
    assert stands >= (first.search(text) is not None)
    if said.exact:
        assert stands is (first.search(text) is not None)


@pytest.mark.parametrize(
    "pattern",
    [
        rb"",
        rb"a*",
        rb"(?=a)",
        rb"(a)\1",
        rb"(?L:a)",
        rb"(a)?(?(1)b|c)",
        rb"(?:(?:[ab]{9,31}c){9,31}d){9}",
        rb"[^\w\W]",
    ],
)
def test_what_stands_in_everything_or_is_not_known_is_not_said(pattern: bytes) -> None:
    assert plain(re.compile(pattern)) is None


@pytest.mark.parametrize("flags", [re.LOCALE, re.VERBOSE])
def test_other_flags_are_not_known(flags: int) -> None:
    assert plain(re.compile(rb"a", flags)) is None


def test_without_cpythons_reader_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(re, "_parser")
    assert plain(deferred(rb"a")) is None


def test_a_deferred_pattern_stays_uncompiled() -> None:
    pattern = deferred(rb"a\d", re.IGNORECASE)
    said = plain(pattern)
    assert said is not None and said.exact and re.search(said.text, b"xA7")
    assert "search" not in vars(pattern)


@given(st.binary(min_size=1, max_size=8))
def test_a_literal_stands_for_its_bytes(text: bytes) -> None:
    found = re.search(literal(text), b"xx" + text, re.DOTALL)
    assert found is not None and found.group() == text
