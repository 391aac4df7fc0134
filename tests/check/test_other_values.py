"""A call that gets literals alone is told from one that may get a context beside them."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.check.other_values import gives_other_values

LITERALS = [
    "1",
    "'a'",
    "f'{a}'",
    "rb'x'",
    "None",
    "[a]",
    "{1: a}",
    "-1",
    "...",
    "'('",
    "a='b'",
    "a=None",
    "a=(1, b)",
]
VALUES = [
    "f'{a['k']}', ctx",
    "ctx",
    "a=ctx",
    "a.ctx",
    "make()",
    "await_(a)",
    "*a",
    "**a",
    "None or ctx",
    "a=(\n ctx)",
    "(b := ctx)",
    "not_",
    "ctx if a else None",
    "None\n if a else ctx",
    "{}.user_context",
    "''.user_context",
    "a=  # one (\n ctx",
]
BEFORE = ["", "f(", "x = [g(1), ", "'(' + ", "# (\n", "'''(\n''' + ", "f(1, ctx, ", "a['\\'('] + "]
AFTER = {"f(": ")", "x = [g(1), ": "]", "f(1, ctx, ": ")"}
BETWEEN = [", ", ",\n    ", ",  # (it's\n ", ", \\\n "]


@given(
    begin=st.sampled_from(BEFORE),
    first=st.lists(st.sampled_from(LITERALS + VALUES), max_size=3),
    last=st.lists(st.sampled_from(LITERALS + VALUES), max_size=3),
    between=st.sampled_from(BETWEEN),
)
def test_no_value_is_missed(begin: str, first: list[str], last: list[str], between: str) -> None:
    text = f"{begin}send({between.join([*first, 'user_id=ID', *last])}){AFTER.get(begin, '')}"
    try:
        tree = ast.parse(text.replace("ID", "'one'"))
    except SyntaxError:
        return  # a value behind one with a name
    sent = next(
        call
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "send"
    )
    values = [*sent.args, *(keyword.value for keyword in sent.keywords)]
    may_be = (ast.Name, ast.Attribute, ast.Call, ast.Starred, ast.BoolOp, ast.IfExp, ast.NamedExpr)
    source = text.replace("ID", "'one'").encode()
    has_one = any(isinstance(value, may_be) for value in values)
    assert gives_other_values(source, source.index(b"user_id")) or not has_one


@pytest.mark.parametrize(
    "others", ["", ", 1", ", run='a(', more=None", ",\n    run=f'{a}',\n    more=[a],  # (\n"]
)
def test_a_call_with_literals_alone_is_seen(others: str) -> None:
    source = f"f(ctx, 1)\nx = make(user_id='one'{others})\n".encode()
    assert not gives_other_values(source, source.index(b"user_id"))
