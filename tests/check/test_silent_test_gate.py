"""A test without `assert` gets through, however it is laid out; a file whose tests all have one stays out."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.check.silent_test_gate import may_have_silent_test

LOUD = [
    b"def test_one():\n    assert x\n",
    b"class TestOne:\n    async def test_one(self):\n        '''One.'''\n        y()\n        assert (x)\n",
    b"def test_one(\n    a,\n    b,\n):\n    # why\n\n    assert x\n\n\ndef other(): pass\n",
    b"# def test: nothing\nX = 'def test_none'\n",
    b'def test_one():\n    """Say "it" of \'one\'."""\n    x = "a # b"\n    assert x\n',
]
SILENT = [
    b"def test_one():\n    x()\n",
    b"def test_one(): assert x\n",  # nobody looks that closely
    b"def test_one():\n    '''\n    assert x\n    '''\n    x()\n",
    b'def test_one():\n    x = """\n    assert x"""\n',
    b"def test_one():\n    x = 'a \\\n    assert b'\n",
    b"def test_one():\n    x()\n\n\ndef check():\n    assert x\n",
    b"class A:\n    def test_one(self):\n        x()\n\n    x = 1\n        \n\nif x:\n    assert y\n",
    b"async \\\ndef test_one():\n    x()\n",
    b"def \\\n  test_one():\n    x()\n",
    b"def test_one():\n    x()\r\n",
    b"def test_one():\n    asserted = 1\n    assert_it(x)\n",
    b"def test_two():\n    assert x\n\n\ndef test_one():\n    x()",
]


@pytest.mark.parametrize("source", LOUD)
def test_files_whose_tests_assert_stay_out(source: bytes) -> None:
    assert not may_have_silent_test(source)


@pytest.mark.parametrize("source", SILENT)
def test_a_silent_test_gets_through(source: bytes) -> None:
    assert may_have_silent_test(source)


LINES = [
    "assert x", "x()", '"""', "'''", "'''a'''", '"a" # b', "# '''", "'\\''", "x = '''a", "assert y'''",
    "if x:", "    assert x", "  assert x", "f(", ")", "x = 'a \\", "assert b'", "def inner():",
    "async def test_more():",
    "    x()", 'r"\\"', "", "pass", "'a' '''b", "class A:", "return", "assert(x)", 'f"""{x}', "x = [", "]",
]  # fmt: skip
HEADS = [
    "def test_one():",
    "async def test_one(self):",
    "def test_one(\n{0}    a,\n{0}):",
    "def  \\\n test_one():",
]


@given(
    depth=st.sampled_from([0, 1, 2]),
    head=st.sampled_from(HEADS),
    lines=st.lists(st.tuples(st.sampled_from([0, 1, 1, 1, 2]), st.sampled_from(LINES)), max_size=8),
)
def test_every_silent_test_gets_through(depth: int, head: str, lines: list[tuple[int, str]]) -> None:
    blank = "    "
    around = "".join(f"{blank * level}class A:\n" for level in range(depth))
    body = "".join(f"{blank * (depth + more)}{line}\n" for more, line in lines)
    source = f"{around}{blank * depth}{head.format(blank * depth)}\n{body}"
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    tests = [
        node
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test")
    ]
    if any(not any(isinstance(node, ast.Assert) for node in ast.walk(test)) for test in tests):
        assert may_have_silent_test(source.encode())
