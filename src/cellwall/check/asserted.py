"""One assertion that a test comes to, with the role calls on which each part of it depends. Data only."""

import ast
from typing import Final, NamedTuple, final

from cellwall.check.asserted_values import called_name
from cellwall.check.known_values import NOTHING, Sources
from cellwall.check.node_index import children

_CLOSED: Final = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

Part = tuple[ast.expr, Sources]


@final
class Asserted(NamedTuple):
    """What is asserted where.

    Attributes:
        node: the statement or the call that fails the test.
        whole: what has to hold, where that is one expression; None for a `raise` under a condition.
        compared: the sides that are compared with one another, each with what it depends on.
        parts: every expression in it, the larger first.
        around: of a block that has to raise, its last call that depends on a role.
        sources: what any of it depends on.
    """

    node: ast.AST
    whole: ast.expr | None
    compared: tuple[Part, ...] = ()
    parts: tuple[Part, ...] = ()
    around: Part | None = None
    sources: Sources = NOTHING


def sides_of(node: ast.expr) -> list[ast.expr]:
    """Give what an assertion compares: the sides of a comparison, the arguments of `assertEqual`."""
    while isinstance(node, ast.UnaryOp):
        node = node.operand
    if isinstance(node, ast.Compare):
        return [node.left, *node.comparators]
    if isinstance(node, ast.Call) and len(node.args) > 1 and called_name(node.func).startswith("assert"):
        return list(node.args)
    return []


def parts_of(node: ast.expr) -> list[ast.expr]:
    """Give the expressions in one, the outer first; nothing inside of what has names of its own."""
    found, waiting = [], [node]
    while waiting:
        inner = waiting.pop(0)
        found.append(inner)
        if not isinstance(inner, _CLOSED):
            values = [c.value if isinstance(c, ast.keyword) else c for c in children(inner)]
            waiting += [value for value in values if isinstance(value, ast.expr)]
    return found
