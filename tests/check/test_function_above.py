"""The function around a line is found from the bytes above, or is not seen: never a wrong one."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall.check.function_above import function_above

HEADS = [
    "def one():",
    "async def one(a, b=1) -> int:  # of ours",
    "def one(\n{0}    a,\n{0}    b=(1, 2),\n{0}) -> int:",
    "def one(\n{0}    a='x',\n{0}):",
    "def one(a=(1,\n{0} 2)):",
    "class One:",
    "if True:",
    "if (\n{0}    True\n{0}):",
    "for i in (1, 2):",
    "with open(a) as b:",
    "class Two(\n{0}    One,\n{0}):",
]
LINES = [
    '"""Text."""',
    "'''Text.\n\n    def no():\n        x = 1\n'''",
    '"""It\'s\n{0}def no():\n{0}    it\n"""',
    "x = 1",
    "# def no():",
    "x = (\n1)",
    "x = 'def no():'",
    "y = '''\n\"\"\"\n'''",
    "z = '\\\ndef no(): '",
    "",
    "def other(): pass",
]


@st.composite
def modules(draw: st.DrawFn) -> str:
    """Give a module of nested blocks, in which `seen` is bound once, somewhere."""
    text, depth = "", 0
    for _ in range(draw(st.integers(0, 3))):
        indent = "    " * depth
        for line in draw(st.lists(st.sampled_from(LINES), max_size=2)):
            text += indent + line.format(indent) + "\n"
        text += indent + draw(st.sampled_from(HEADS)).format(indent) + "\n"
        depth += 1
        if depth > 1 and draw(st.booleans()):  # that block ends, and another goes on
            text += "    " * depth + "pass\n"
            depth -= draw(st.sampled_from([1, 2]))
    indent = "    " * depth
    for line in draw(st.lists(st.sampled_from(LINES), max_size=2)):
        text += indent + line.format(indent) + "\n"
    return text + f"{indent}seen = 1\n"


@given(modules())
def test_what_is_found_is_a_function_around(text: str) -> None:
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return
    source = text.encode()
    found = function_above(source, source.rfind(b"\n", 0, source.index(b"seen")) + 1)
    around = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and any(isinstance(inner, ast.Name) and inner.id == "seen" for inner in ast.walk(node))
    ]
    assert found < 0 or source[:found].count(b"\n") + 1 in around


@pytest.mark.parametrize("head", [HEADS[0], HEADS[1], HEADS[2].format("")])
@pytest.mark.parametrize("line", [LINES[0], LINES[3]])
def test_a_usual_function_is_seen(head: str, line: str) -> None:
    source = f"class One:\n    x = 1\n\n\n{head}\n    {line}\n    if x:\n        seen = 1\n".encode()
    assert (
        function_above(source, source.index(b"        seen"))
        == source.rindex(b"\n", 0, source.index(b"def one")) + 1
    )
