"""Calls of functions that a patch made coroutine functions: unawaited, they never run."""

import ast
from collections.abc import Iterator

from cellwall.migrate.gates.weakened.facts import Kind, ModuleFacts
from cellwall.migrate.gates.weakened.weakening import Weakening


def became_async(before: ModuleFacts, after: ModuleFacts) -> frozenset[str]:
    """Give the names of functions that somebody calls and that became coroutine functions."""
    return frozenset(
        new.name
        for id_, units in after.units.items()
        for old, new in zip(before.units.get(id_, ()), units, strict=False)
        if new.is_async and not old.is_async and new.kind is Kind.FUNCTION
    )


def unawaited_calls(path: str, tree: ast.AST, names: frozenset[str]) -> Iterator[Weakening]:
    """Give calls of these functions whose coroutine nobody takes: not awaited, and no argument of a call."""
    taken: set[ast.AST] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Await(value=value):
                taken.add(value)
            case ast.Call():
                taken.update(node.args)
                taken.update(keyword.value for keyword in node.keywords)
                taken.update(arg.value for arg in node.args if isinstance(arg, ast.Starred))
            case ast.GeneratorExp(elt=value) | ast.ListComp(elt=value) | ast.Lambda(body=value):
                taken.add(value)
            case ast.Return(value=ast.Call() as value):
                taken.add(value)
            case ast.AsyncFor(iter=value):
                taken.add(value)
            case ast.AsyncWith():
                taken.update(item.context_expr for item in node.items)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node not in taken and _name(node) in names:
            what = "a coroutine that nobody awaits, so it never runs"
            yield Weakening(path, node.lineno, "", what, "", ast.unparse(node)[:200])


def _name(node: ast.Call) -> str:
    match node.func:
        case ast.Name(id=name):
            return name
        case ast.Attribute(attr=name, value=ast.Name(id="self" | "cls")):
            return name
    return ""
