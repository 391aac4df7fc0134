"""A place of bare code is told in which function it stands, and whether that runs for a test."""

import pytest

from cellwall.check.bare_blocks import decorators, function_around, may_run_for_a_test, without_groups
from cellwall.check.bare_code import bare_code

SCOPES = [
    ("here\n", None),
    ("if a:\n    here\n", None),
    ("def f():\n    here\n", "def f"),
    ("async   def f(\n  a,\nb):\n  if a:\n\n    here\n", "async   def f"),
    ("def f():\n    class A:\n        here\n", None),
    ("class A:\n    def f(self):\n        '''\nclass B:\n'''\n        here\n", "def f"),
    ("class A:\n    def f(self):\n        pass\n    here\n", None),
    ("def f():\n    def g():\n        pass\n    here\n", "def f"),
    ("def f(): here\n", None),
    ("def f():\n  x = (\n1,\n2)\n  here\n", "def f"),
    ("try:\n    def f():\n        try:\n            pass\n        except E:\n            here\n", "def f"),
]
RUN = [
    ("def test_a():\n    here\n", True, False),
    ("def test_a():\n    def inner():\n        here\n", True, False),
    ("class TestA:\n    def test_a(self):\n        here\n", True, False),
    ("class TestA:\n    def setUp(self):\n        here\n", True, True),
    ("def helper():\n    here\n", False, False),
    ("def helper():\n    def test_a():\n        here\n", False, False),
    ("here\n", False, False),
    ("@fixture\ndef helper():\n    here\n", True, True),
    ("@fixture(\n  scope='x',\n  a=[1,\n     2])\n# of ours\n\ndef helper():\n    here\n", True, True),
    ("@fixture \\\n ()\n@pytest.mark.x\ndef test_a():\n    here\n", True, True),
    ("@pytest.mark.x\ndef test_a():\n    here\n", True, False),
    ("@pytest.mark.x\ndef helper():\n    here\n", False, False),
    ("@fixture\ndef one():\n    pass\ndef helper():\n    here\n", False, False),
    ("def helper(): here\n", True, True),
    ("@keep(here)\ndef test_a():\n    pass\n", True, True),
]


@pytest.mark.parametrize(("source", "header"), SCOPES)
def test_the_innermost_scope_is_a_function_or_none(source: str, header: str | None) -> None:
    code = bare(source)
    start = function_around(code, code.index(b"here"))
    assert (None if start is None else code[start:].lstrip().partition(b"(")[0].decode()) == header


@pytest.mark.parametrize(("source", "runs", "sets_up"), RUN)
def test_what_runs_for_a_test(source: str, runs: bool, sets_up: bool) -> None:
    code = bare(source)
    assert may_run_for_a_test(code, code.index(b"here")) is runs
    assert may_run_for_a_test(code, code.index(b"here"), set_up=True) is sets_up


def test_decorators_end_where_something_else_stands() -> None:
    code = bare("@a\ndef f(): pass\n@b\n\n@c(\n)\ndef g(): pass\n")
    assert list(decorators(code, code.index(b"def g"))) == [b"@c( )", b"@b"]
    assert list(decorators(code, 0)) == []


def test_open_brackets_are_left() -> None:
    assert without_groups(b"f(a[b](), {c: [").split() == [b"f(a\x02", b"\x02", b",", b"{c:", b"["]
    assert len(without_groups(b"f(a[b])")) == len(b"f(a[b])")


def bare(source: str) -> bytes:
    code = bare_code(source.encode())
    assert code is not None
    return code
