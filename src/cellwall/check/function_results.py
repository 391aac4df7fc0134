"""What a function gives back: the expressions that it returns or yields."""

import ast

from cellwall.check.node_index import FUNCTIONS, Function, children


def results(function: Function) -> list[ast.expr]:
    """Give the expressions that a function returns or yields, without those of inner functions."""
    found: list[ast.expr] = []
    stack: list[ast.AST] = list(reversed(function.body))
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.Return, ast.Yield)) and node.value is not None:
            found.append(node.value)
        if not isinstance(node, (*FUNCTIONS, ast.Lambda, ast.ClassDef)):
            stack.extend(children(node)[::-1])
    return found
