"""Values of which one run of a function keeps only one: branches of an `if`, a `try` and its handlers."""

import ast

from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS, walk
from cellwall.check.value_place import Place


def are_alternatives(module: ModuleFacts, one: ast.expr, other: ast.expr, place: Place) -> bool:
    """Tell whether two expressions are kept at the same place, and never both are met there.

    What a `try` keeps may be met before the handler keeps another, so nothing in its body may read the place.
    """
    if not place.name:
        return False
    for ancestor in module.nodes.ancestors(one):
        if isinstance(ancestor, FUNCTIONS):
            return False
        if isinstance(ancestor, (ast.If, ast.Try)):
            branches = _branches(ancestor)
            first, second = (_branch_of(branches, node) for node in (one, other))
            if first is not None and second is not None:
                apart = first != second
                return apart and (isinstance(ancestor, ast.If) or not _reads(ancestor.body, place))
    return False


def _branches(statement: ast.If | ast.Try) -> list[list[ast.stmt]]:
    if isinstance(statement, ast.If):
        return [statement.body, statement.orelse]
    return [statement.body, *(handler.body for handler in statement.handlers)]


def _branch_of(branches: list[list[ast.stmt]], node: ast.AST) -> int | None:
    for number, branch in enumerate(branches):
        if any(inner is node for statement in branch for inner in walk(statement)):
            return number
    return None


def _reads(body: list[ast.stmt], place: Place) -> bool:
    return any(
        isinstance(getattr(node, "ctx", None), ast.Load)
        and place.name in (getattr(node, "id", ""), getattr(node, "attr", ""))
        for statement in body
        for node in walk(statement)
    )
