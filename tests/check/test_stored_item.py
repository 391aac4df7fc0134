"""Items that are set or deleted are told from those that are only read, whatever way they are written."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.check.stored_item import may_empty, may_store, owner_start, past_bracket

KEYS = ["0", "'a'", '"]"', "f'{a}'", "f'{a['b']}'", "(1, [2])", "a[1:2]", "\n  1  # ]\n", '"""]"""', "'\\']'"]
GAPS = ["", " ", "\\\n", " \\\n  "]
STATEMENTS = [
    "{0} = 1",
    "{0}: int = 1",
    "{0}: int",
    "{0} += 1",
    "{0} //= 1",
    "{0} **= 1",
    "{0} >>= 1",
    "{0} @= 1",
    "a = {0} = 1",
    "{0}, a = 1, 2",
    "a, {0} = 1, 2",
    "[{0}, a] = b",
    "(a, *{0}) = b",
    "({0},\n a) = b",
    "({0}, a) = b",
    "{0}, (a,\n b) = c",
    "del {0}",
    "del a, {0}",
    "del ({0}, a)",
    "del [{0}]",
    "del (a,\n {0})",
    "for {0} in a: pass",
    "for a, {0} in b: pass",
    "for {0}, a in b: pass",
    "for *{0}, a in b: pass",
    "[1 for {0} in a]",
    "with a as {0}: pass",
    "with a as (b, {0}): pass",
    "with a as {0}, b as c: pass",
    "with (a as {0}): pass",
    "with (\n a as {0},\n b as c): pass",
    "for ({0}) in a: pass",
    "({0}) = 1",
    "if a: {0} = 1",
    "a; {0} = 1",
    "x = {0}",
    "f({0})",
    "f({0}, a=1)",
    "if {0}:\n  pass",
    "x = {0}  # = 1\n",
    "assert {0} == 1",
    "{0}.a = 1",
    "{0}[1] = 2",
    "return_({0})",
    "assert a <= {0}, \\\n 'no'",
    "x = {0} in a",
    "x = {{{0}: 1}}",
    "x = [{0} for b in a]",
    "x = {0} if a else b",
    "del_ = {0}\n",
    "lambda_ = lambda: {0}",
]
READ = [
    "x = seen['a']",
    "f(seen['a'], b)",
    "if seen['a']:\n    pass",
    "assert a <= seen['a'], \\\n    'no'",
    "seen['a']['b'] = 1",
    "seen['a'].b = 1",
    "x = seen['a']  # c\n",
    "assert seen['a'] == 1",
    "if b in seen['a']:\n    pass",
]
EMPTY = [
    "None",
    " {}",
    "[]",
    "(\n None)",
    "\\\n None",
    "[ # ]\n ]",
    "b = None",
    "b['='] = {}",
    "f(1).b = []",
    "(b, c) = None",
]
FULL = [
    "1",
    "b",
    "Mock(a=None)",
    "'{a}'",
    "[1]",
    "{1: 2}",
    "b == None",
    "Mock(\n    a=[],\n)",
    "1  # = None",
    "1; b = None",
]


@given(
    statement=st.sampled_from(STATEMENTS),
    key=st.sampled_from(KEYS),
    gap=st.sampled_from(GAPS),
    before=st.sampled_from(["", "x = 1\n", "f(a,\n  b)\n", "# for\n"]),
)
def test_what_is_set_or_deleted_is_never_missed(statement: str, key: str, gap: str, before: str) -> None:
    text = before + statement.format(f"seen{gap}[{key}]")
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return  # quotes in a text in itself, before Python 3.12
    stored = any(
        isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and node.value.id == "seen"
        and not isinstance(node.ctx, ast.Load)
        for node in ast.walk(tree)
    )
    source = text.encode()
    start = source.index(b"seen")
    assert may_store(source, start, source.index(b"[", start)) or not stored


@pytest.mark.parametrize("text", READ)
def test_what_is_only_read_is_told_from_it(text: str) -> None:
    source = b"x = 1\n" + text.encode()
    assert not may_store(source, source.index(b"seen"), source.index(b"["))


@pytest.mark.parametrize("text", EMPTY)
def test_what_is_given_nothing_is_seen(text: str) -> None:
    ast.parse("a =" + text)
    assert may_empty(b"a =" + text.encode() + b"\n", 3)


@pytest.mark.parametrize("text", FULL)
def test_what_is_given_something_is_no_reset(text: str) -> None:
    assert not may_empty(b"a =" + text.encode() + b"\nb = None\n", 3)


def test_an_owner_begins_where_its_first_name_does() -> None:
    source = b"(app.Desk._rows)"
    assert owner_start(source, source.index(b"._rows")) == 1


@pytest.mark.parametrize(
    "inside", [b"# ]", b'"""]"""', b"'\\'", b"f'{a[']']}'", b"[" * 30 + b"]" * 30, b"1, " * 999]
)
def test_a_bracket_that_something_may_hide_is_not_seen(inside: bytes) -> None:
    assert past_bracket(b"a[" + inside + b"\n]", 1) is None
    assert past_bracket(b"a[(1, ']')] = 2", 1) == 11
