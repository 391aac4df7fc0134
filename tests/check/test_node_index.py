"""The index knows every node that `ast.walk` gives, once, in source order, with its parent."""

import ast
import sys
from collections import Counter
from pathlib import Path

import pytest

from cellwall.check.node_index import NodeIndex, children, walk

SHARED = (ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop, ast.type_ignore)
NEW = "type Pair[T: int, *Ts, **P] = tuple[T, T]\n\ndef f[T](x: T) -> T: ...\n\nclass A[T]: ...\n"
SOURCE = Path(__file__).read_text() + (
    "\nasync def g(*, a=1, b, **c):\n    match a:\n"
    "        case {'x': [1, *_], **rest} | A(y=2) | None if b: ...\n"
    "    global z\n    {**c, 'a': 1}\n    return [i async for i in a if not i for j in (yield i)]\n"
    "f'{a!r:>{b}}'\nwith a as b, c: pass\ntry: x = -1\nexcept* (A, B) as e: raise e from None\n"
    "print(*a, k=lambda x, /, y=1: x < y < 3, **b); d[1:2, ...]: int = (w := 3); del d\n"
)
SOURCES = [SOURCE, *([NEW] if sys.version_info >= (3, 12) else [])]


@pytest.mark.parametrize("source", SOURCES)
def test_every_node_is_there_once_with_its_parent(source: str) -> None:
    tree = ast.parse(source)
    index = NodeIndex(tree)
    walked = [node for node in ast.walk(tree) if not isinstance(node, SHARED)]
    for kind, number in Counter(map(type, walked)).items():
        assert len(index.of(kind)) == number, kind
    for node in walked:
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, SHARED):
                assert index.parent(child) is node
    assert index.parent(tree) is None


@pytest.mark.parametrize("source", SOURCES)
def test_walking_gives_what_the_standard_library_gives(source: str) -> None:
    tree = ast.parse(source)
    assert walk(tree) == [node for node in ast.walk(tree) if not isinstance(node, SHARED)]
    for node in walk(tree):
        assert children(node) == [n for n in ast.iter_child_nodes(node) if not isinstance(n, SHARED)]


@pytest.mark.parametrize("source", SOURCES)
def test_nodes_of_a_type_stand_in_the_order_of_their_fields(source: str) -> None:
    tree = ast.parse(source)
    index = NodeIndex(tree)
    expected: list[ast.AST] = []

    def visit(node: ast.AST) -> None:
        expected.append(node)
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(tree)
    for kind in {type(node) for node in expected if not isinstance(node, SHARED)}:
        assert index.of(kind) == [node for node in expected if type(node) is kind]


def test_a_deep_tree_is_no_danger() -> None:
    tree = ast.parse("1")
    node: ast.expr = ast.Constant(1)
    for _ in range(50_000):
        node = ast.UnaryOp(ast.Not(), node)
    tree.body = [ast.Expr(node)]
    assert len(NodeIndex(tree).of(ast.UnaryOp)) == 50_000
    while isinstance(node, ast.UnaryOp):  # taken apart by hand: CPython would recurse
        inner = node.operand
        node.operand = ast.Constant(0)
        node = inner
