"""The gate lets through every function's head with a container as a default, and few other files."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.check.default_gate import has_mutable_default
from cellwall.check.shared_names import makes_container

DEFAULTS = [
    "[]",
    "{}",
    "{1: 2}",
    "dict()",
    "collections.deque(maxlen=3)",
    "(\n[])",
    "( # one\n {})",
    "1",
    "None",
]
BEFORE = ["", "a", "a=1", "a='x)'", 'a="""\ndef f(\'):\n"""', "a=f(g(h(1)))", "a: int = 1 # )(\n", "a=g('(')"]
HEADS = [
    "def f({0}, x={1}): pass\n",
    "\ufeffdef f({0}, x={1}): pass\n",
    "class A:\n    async  def f(self, {0}, *, x: list = {1}):\n        pass\n",
]


@given(
    st.sampled_from(HEADS),
    st.sampled_from(BEFORE),
    st.sampled_from(DEFAULTS),
    st.sampled_from(["\n", "\r\n"]),
)
def test_every_container_gets_through(head: str, before: str, default: str, newline: str) -> None:
    source = head.format(before, default).replace("(, ", "(").replace(", ,", ",").replace("\n", newline)
    functions = [
        n
        for n in ast.walk(ast.parse(source.encode()))
        if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    given_ = [d for f in functions for d in (*f.args.defaults, *f.args.kw_defaults) if d is not None]
    if any(makes_container(default) for default in given_):
        assert has_mutable_default(source.encode())


@pytest.mark.parametrize(
    "source",
    [
        b"x = []\n",
        b"def f(a=1, b=('x', g(2))):\n    c = []\n    return c\n",
        b"def f(a: list[int]):\n    a = {}\n",
    ],
)
def test_containers_elsewhere_stay_out(source: bytes) -> None:
    assert not has_mutable_default(source)
