"""The nodes that run in a function itself, in source order; those of inner functions and classes are not."""

import ast
from typing import TypeVar

from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS, Function, children

N = TypeVar("N", bound=ast.AST)


def own_nodes(module: ModuleFacts, function: Function) -> tuple[ast.AST, ...]:
    """Give the nodes of a function's body, walked once for each function; lambdas are looked into."""
    known = module.fact(_memo)
    if function not in known:
        known[function] = tuple(_walk(function))
    return known[function]


def own(module: ModuleFacts, function: Function, kind: type[N]) -> list[N]:
    """Give the nodes of one type that run in a function itself, in source order."""
    return [node for node in own_nodes(module, function) if isinstance(node, kind)]


def _memo(_: ModuleFacts) -> dict[Function, tuple[ast.AST, ...]]:
    return {}


def _walk(function: Function) -> list[ast.AST]:
    found: list[ast.AST] = []
    stack: list[ast.AST] = list(reversed(function.body))
    while stack:
        node = stack.pop()
        found.append(node)
        if not isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            stack.extend(children(node)[::-1])
    return found
