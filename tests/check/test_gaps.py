"""Words that belong together are seen whatever stands between them; those that do not stay out."""

import pytest

from cellwall.check.gaps import (
    ASYNC_BLOCK,
    TEST,
    before_name,
    first_text_begins,
    in_any_case,
    member,
    method_called,
)
from cellwall.check.gate import Token, stands_in

CALLED = [
    b"a.set(1)", b"a.set (1)", b"a . set(1)", b"a.\\\n set(1)", b"a \\\r\n .set(1)", b"(a.set)(1)",
    b"(a.  # one.(\n # two\n  set  # [three\n )(1)", b"a.\tset\f(1)", b"f(a.\n\n\nset\n(1))", b"(a).set(1)",
    b"a." + b" " * 500 + b"set(1)", b"(a.  # " + b"x" * 300 + b"\n set(1))",
]  # fmt: skip
UNCALLED = [
    b"set(1)", b"x = set(1)", b"a.settle(1)", b"a.reset(1)", b"a.set", b"a.set[1]", b"offset (1)",
    b"# set (1)", b"x = 1  # about a set (of two)", b"f(1)\nset(2)",
]  # fmt: skip


@pytest.mark.parametrize("source", CALLED)
def test_a_method_is_seen(source: bytes) -> None:
    assert method_called(b"add", b"set")(source)
    assert member(b"set")(source)


@pytest.mark.parametrize("source", UNCALLED)
def test_what_is_no_call_of_a_method_is_not(source: bytes) -> None:
    assert not method_called(b"add", b"set")(source)


@pytest.mark.parametrize(
    ("tokens", "source", "stands"),
    [
        (before_name(b"class"), b"class\tA: pass", True),
        (before_name(b"class"), b"class\\\n A: pass", True),
        (before_name(b"global"), b"  global  x", True),
        (before_name(b"global"), b"globals()", False),
        (ASYNC_BLOCK, b"async\\\n\twith x: pass", True),
        (ASYNC_BLOCK, b"async  for x in y: pass", True),
        (ASYNC_BLOCK, b"async def f(): pass", False),
        (TEST, b"def\t test_one(): pass", True),
        (TEST, b"def \\\n  test_one(): pass", True),
        (TEST, b"def one_test(): pass", False),
        ((first_text_begins(b"/"),), b"@app.get(\n  # here\n '/a')", True),
        ((first_text_begins(b"/"),), b'@app.get( r"""/a""")', True),
        ((first_text_begins(b"/"),), b"get(1, '/a')", False),
        ((first_text_begins(b"/"),), b"get('a/')", False),
        ((in_any_case(b"user", b"owner"),), b"X_OwNer = 1", True),
        ((in_any_case(b"user", b"owner"),), b"x = own + use", False),
    ],
)
def test_other_words(tokens: tuple[Token, ...], source: bytes, stands: bool) -> None:
    assert any(stands_in(token, source) for token in tokens) is stands
