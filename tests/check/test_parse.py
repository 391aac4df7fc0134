"""Any bytes give a tree or an error with a line; nothing crashes and nothing warns."""

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellwall.check.parse import MAX_BYTES, Parsed, ParseError, parse, syntax_error

BROKEN = {
    "null byte": (b"x = 1\ny = '\0'\n", 2),
    "half a function": (b"x = 1\n\n\ndef f(:\n", 4),
    "bad UTF-8": (b"x = 1\ny = '\xff'\n", 1),
    "unknown encoding": (b"# coding: klingon\n", 1),
    "byte order mark against the declaration": (b"\xef\xbb\xbf# coding: latin-1\n", 1),
    "no text encoding": (b"# coding: rot13\nk = 1\n", 1),
    "deep brackets": (b"(" * 5000 + b")" * 5000, 1),
    "deep operators": (b"x = " + b"-" * 200_000 + b"1\n", 1),
    "deep attributes": (b"x = a" + b".b" * 200_000 + b"\n", 1),
    "binary": (bytes(range(1, 256)) * 50, 1),
    "conflict markers": (b"x = 1\n<<<<<<< HEAD\nx = 2\n=======\n", 2),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_give_an_error_with_a_line(name: str) -> None:
    source, line = BROKEN[name]
    result = parse(source)
    assert isinstance(result, ParseError)
    assert result.message
    if line > 1:
        assert result.line == line


@pytest.mark.parametrize("name", BROKEN)
def test_errors_are_the_same_without_a_tree(name: str) -> None:
    source, _ = BROKEN[name]
    said = syntax_error(source)
    # A chain that is too deep for a tree is no error of syntax.
    assert said == parse(source) or (name == "deep attributes" and said is None)


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"x = 1",
        b'"""text"""\nfrom __future__ import annotations\n',
        b"\xef\xbb\xbfx = 1\n",
        b"# coding: latin-1\nx = '\xff'\n",
        b"#!/usr/bin/python\n# -*- coding: utf-8 -*-\nx = '\xc3\xa9'\n",
        b"x = '\\d'\n",
        b"return 1\n",
        b"nonlocal x\n",
    ],
)
def test_what_parses_has_no_error(source: bytes) -> None:
    assert isinstance(parse(source), Parsed)
    assert syntax_error(source) is None


@pytest.mark.parametrize("source", [b"  x = 1\n", b"from __future__ import nothing\nx = (\n", b"\nx = = 1\n"])
def test_the_line_of_an_error_is_the_files_own(source: bytes) -> None:
    assert syntax_error(source) == parse(source)


def test_a_huge_file_is_refused_before_it_fills_the_memory() -> None:
    result = parse(b"#" * (MAX_BYTES + 1))
    assert isinstance(result, ParseError)
    assert "limit" in result.message


def test_a_huge_line_is_no_danger() -> None:
    result = parse(b"x = '" + b"a" * 3_000_000 + b"'\n")
    assert isinstance(result, Parsed)


def test_invalid_escapes_do_not_warn() -> None:
    assert isinstance(parse(b"x = '\\d'\n"), Parsed)


def test_positions_of_other_encodings_are_not_trusted() -> None:
    plain, bom, latin = (
        parse(b"x = 1\n"),
        parse(b"\xef\xbb\xbfx = 1\n"),
        parse(b"# coding: latin-1\nx = '\xe4'\n"),
    )
    assert isinstance(plain, Parsed) and plain.exact
    assert isinstance(bom, Parsed) and bom.exact
    assert isinstance(latin, Parsed) and not latin.exact
    assert latin.encoding == "iso-8859-1"
    value = latin.tree.body[0]
    assert isinstance(value, ast.Assign) and isinstance(value.value, ast.Constant)
    assert value.value.value == "ä"


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace"))))
def test_any_bytes_give_one_of_the_two(source: bytes) -> None:
    assert isinstance(parse(source), (Parsed, ParseError))
