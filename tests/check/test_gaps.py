"""Words that belong together are seen whatever stands between them; those that do not stay out."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.check.gaps import (
    ASYNC_BLOCK,
    TEST,
    any_word,
    before_name,
    first_text_begins,
    given_more_than_a_text,
    in_any_case,
    member,
    member_written,
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


GIVEN = [
    "", "''", '"ascii"', "b'x'", r"r'\d'", r"'a\n'", '"""a"""', "u'a'", "x", "rub", "b", "u, 1", "f'{x}'",
    "'a' 'b'", "('a')", "(('a'))", "('a'), x", "(x)", "*x", "**x", "key=x", "'a', x", "'a',", "[x]", "-x",
    "'a' if x else x",
    "'a'[0]", "'a'.b", "'a' + x", "rb'x'", "lambda: x", "{x}", "...", "0", "bx('a')", "not x", "''''a'''",
]  # fmt: skip
USES = [
    "{}({})", "x.{}({})", "(x.{})({})", "y = x.{}, {}", "from x import {} as {}", "x = [{}, {}]", "{} = {}",
    "urlen{}({})",
]  # fmt: skip
BLANKS = ["", " ", "  # [odd.('a', 1\n ", "\\\n ", "\r\n ", "\f", "\n"]


def is_plain(call: ast.Call) -> bool:
    """Tell whether a call has no argument, or one text."""
    texts = [
        one for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, (str, bytes))
    ]
    return not call.keywords and len(call.args) == len(texts) < 2


@given(
    use=st.sampled_from(USES),
    arguments=st.sampled_from(GIVEN),
    blanks=st.tuples(*[st.sampled_from(BLANKS)] * 3),
    behind=st.sampled_from(["", "\n", ".strip()\n", " # more\n", "\nx = 1\n", ", 1\n"]),
)
def test_what_stays_out_is_given_no_more_than_a_text(
    use: str, arguments: str, blanks: tuple[str, str, str], behind: str
) -> None:
    first, second, third = blanks
    spelled = use.replace("({})", first + "({})").format("encode", second + arguments + third) + behind
    try:
        tree = ast.parse(spelled)
    except (SyntaxError, ValueError):
        return
    plain = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call) and is_plain(node)}
    others = [
        node
        for node in ast.walk(tree)
        if isinstance(node, (ast.Name, ast.Attribute, ast.alias))
        and node not in plain
        and "encode" in {getattr(node, key, None) for key in ("id", "attr", "name")}
    ]
    assert not others or stands_in(given_more_than_a_text(b"encode"), spelled.encode())


@pytest.mark.parametrize(
    "source",
    [b"x.encode()", b"x.encode( 'ascii' )", b"(x.encode)(b'a')", b"encoder(x, y)", b"urlencode(x, y)"],
)
def test_a_call_with_a_text_stays_out(source: bytes) -> None:
    assert not stands_in(given_more_than_a_text(b"encode"), source)


@pytest.mark.parametrize(
    ("source", "stands"),
    [
        (b"a.headers = x", True),
        (b"a.headers \\\n ['A'] = x", True),
        (b"a.headers.update(x)", True),
        (b"(a.headers).  # one\n setdefault('A', x)", True),
        (b"a.headers == x", False),
        (b"a.headers.get('A')", False),
        (b"headers = x", False),
        (b"f(a.headers)", False),
    ],
)
def test_what_is_written_to_is_told_from_what_is_read(source: bytes, stands: bool) -> None:
    assert member_written(b"cookies", b"headers")(source) is stands


@pytest.mark.parametrize(
    ("source", "stands"),
    [
        (b"Thread(x)", True),
        (b"a.Thread", True),
        (b"ThreadPool()", False),
        (b"MyThread()", False),
        (b"a_Thread", False),
    ],
)
def test_a_word_is_no_part_of_another(source: bytes, stands: bool) -> None:
    assert stands_in(any_word(b"Task", b"Thread"), source) is stands
