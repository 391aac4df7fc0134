"""Which names around a value fetch the shared thing by themselves: code that uses one must keep sharing.

A test that makes a manager and then drives application code that asks for the singleton sees its own manager
work only because both are the same object. Such a test is not given a manager of its own.
"""

import ast
from collections.abc import Iterable

from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS, Function, walk
from cellwall.check.origin import ends_with


def reaching_name(module: ModuleFacts, places: Iterable[ast.AST], reached_by: tuple[str, ...]) -> str | None:
    """Give the first name used in one of the places that fetches the shared thing itself, or None."""
    if not reached_by:
        return None
    for place in places:
        for node in walk(place):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                found = _reached(module, node, reached_by)
                if found is not None:
                    return found
    return None


def _reached(module: ModuleFacts, node: ast.Name, reached_by: tuple[str, ...]) -> str | None:
    for name in _names(module, node):
        for entry in reached_by:
            if ends_with(name, entry) or name.startswith(entry + "."):
                return node.id
    return None


def _names(module: ModuleFacts, node: ast.Name) -> tuple[str, ...]:
    """Give the dotted names of a variable, with the attribute taken from it where it is a module."""
    parent = module.nodes.parent(node)
    own = module.names(node)
    return own + module.names(parent) if isinstance(parent, ast.Attribute) else own


def outermost(module: ModuleFacts, node: ast.AST) -> Function | None:
    """Give the outermost function around a node, the test or fixture that inner functions belong to."""
    around = [a for a in module.nodes.ancestors(node) if isinstance(a, FUNCTIONS)]
    return around[-1] if around else None
