"""Copies of syntax trees: the fields alone, several times faster than `copy.deepcopy`."""

import ast
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)


def clone(node: Node) -> Node:
    """Give a copy of a tree without columns; constants are shared."""
    copy = type(node).__new__(type(node))  # __init__ would ask for the fields that are set below
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            value = clone(value)
        elif isinstance(value, list):
            value = [clone(item) if isinstance(item, ast.AST) else item for item in value]
        setattr(copy, name, value)
    if isinstance(node, ast.stmt):
        copy.lineno = getattr(node, "lineno", 1)  # type: ignore[attr-defined]  # ast.unparse asks statements for it
    return copy
