"""Which bindings of a name may be in force where it is used: what ran before, branches, fallbacks."""

import ast

from cellwall.check.bindings import Binding, Kind
from cellwall.check.node_index import FUNCTIONS, NodeIndex


def in_force(
    nodes: NodeIndex, bindings: list[Binding], scope: ast.AST, use: ast.AST, *, same_scope: bool
) -> list[Binding]:
    """Give what may be in force at `use`: back to the nearest binding that always runs before it."""
    if len(bindings) == 1:
        return bindings
    around = {use, *nodes.ancestors(use)}
    chosen: list[Binding] = []
    if same_scope or _once(nodes, scope, use):
        chosen = _nearest(nodes, bindings, around, _position(use), same_scope=same_scope)
    chosen = chosen or _nearest(nodes, bindings, around, None, same_scope=same_scope)
    return _without_fallbacks(nodes, chosen, around) or bindings


def _nearest(
    nodes: NodeIndex,
    bindings: list[Binding],
    around: set[ast.AST],
    before: tuple[int, int] | None,
    *,
    same_scope: bool,
) -> list[Binding]:
    """Give what stands before a place, the last one first, back to one that always runs; no lone `= None`.

    Nobody looks further: a name may be bound thousands of times.
    """
    chosen: list[Binding] = []
    for binding in reversed(bindings):
        if before is not None and _position(binding.node, binding.value) >= before:
            continue
        if binding.kind is Kind.VALUE and is_none(binding.value) and not binding.annotation:
            continue
        chosen.append(binding)
        if same_scope and _always_runs(nodes, binding, around):
            break
    return chosen


def always_runs_before(nodes: NodeIndex, binding: Binding, use: ast.AST) -> bool:
    """Tell whether a binding that stands before `use` always runs before it too."""
    return _always_runs(nodes, binding, {use, *nodes.ancestors(use)})


def is_none(node: ast.expr | None) -> bool:
    """Tell whether an expression is the constant None."""
    return isinstance(node, ast.Constant) and node.value is None


def _once(nodes: NodeIndex, scope: ast.AST, use: ast.AST) -> bool:
    """Tell whether `use` is a comprehension in `scope`, which runs where it stands."""
    return not isinstance(use, (*FUNCTIONS, ast.Lambda, ast.ClassDef)) and scope is not nodes.tree


def _always_runs(nodes: NodeIndex, binding: Binding, around: set[ast.AST]) -> bool:
    statement = nodes.statement(binding.node)
    if binding.kind is Kind.PARAMETER or statement is None:
        return True
    block = nodes.parent(statement)
    if isinstance(block, (ast.If, ast.Try, ast.For, ast.While, ast.ExceptHandler, ast.AsyncFor)):
        return block in around and _same_branch(block, statement, around)
    return True


def _without_fallbacks(nodes: NodeIndex, bindings: list[Binding], around: set[ast.AST]) -> list[Binding]:
    """Leave out what stands in an `except` (a fallback for a failed import) when there is more."""
    kept = [
        binding
        for binding in bindings
        if not any(
            isinstance(ancestor, ast.ExceptHandler) and ancestor not in around
            for ancestor in nodes.ancestors(binding.node)
        )
    ]
    return kept or bindings


def _position(node: ast.AST, value: ast.expr | None = None) -> tuple[int, int]:
    """Give where a node starts; an assignment counts from the end of its value."""
    if value is not None and value.end_lineno is not None and value.end_col_offset is not None:
        return value.end_lineno, value.end_col_offset
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _same_branch(block: ast.AST, statement: ast.stmt, around: set[ast.AST]) -> bool:
    """Tell whether the use stands in the same branch of `block` as the statement."""
    for branch in ("body", "orelse", "handlers", "finalbody"):
        statements = getattr(block, branch, [])
        if statement in statements:
            return any(other in around for other in statements) or branch == "finalbody"
    return False
