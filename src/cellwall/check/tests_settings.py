"""Settings that tests change: a module's dictionary of plain values, all of them there before any test runs.

By the syntax tree alone, so that the gate that judges a repair can ask the same of the text it gets.
"""

import ast
from typing import Final

from cellwall.check.node_index import FUNCTIONS, Function, walk

_LOOKING: Final = frozenset({"copy", "get", "items", "keys", "values"})
_WHOLE: Final = frozenset({"update", "clear"})


def are_settings(tree: ast.Module, name: str) -> bool:
    """Tell whether a name of the module holds settings, and every use of it is one of settings.

    Functions read values that are there, set those that were something, or put all of them back themselves.
    What a test adds, counts, or fills where nothing was, another test may wait for: that is no setting.
    """
    found = [value for statement in tree.body if (value := _defined(statement, name)) is not None]
    settings = _plain(found[0]) if len(found) == 1 else None
    nodes = walk(tree) if settings is not None else []
    if settings is None or any(isinstance(n, ast.arg) and n.arg == name for n in nodes):
        return False
    uses = [n for n in nodes if isinstance(n, ast.Name) and n.id == name]
    held = sum(not isinstance(use.ctx, ast.Load) for use in uses)
    using = (function for function in _outermost(tree) if any(_is_within(use, function) for use in uses))
    inside = [use for function in using for use in _uses_in(function, name, settings)]
    return held == 1 and len(inside) == len(uses) - 1


def _defined(statement: ast.stmt, name: str) -> ast.expr | None:
    match statement:
        case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
            return value
        case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value) if target == name:
            return value
    return None


def _plain(value: ast.expr) -> dict[str, bool] | None:
    """Give for each key whether something is set there; None for what is no dictionary of plain values."""
    if not isinstance(value, ast.Dict) or not value.keys:
        return None
    found: dict[str, bool] = {}
    for key, held in zip(value.keys, value.values, strict=True):
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            return None
        if not isinstance(held, ast.Constant):
            return None
        found[key.value] = bool(held.value)
    return found


def _outermost(node: ast.AST) -> list[Function]:
    found: list[Function] = []
    for child in ast.iter_child_nodes(node):
        found += [child] if isinstance(child, FUNCTIONS) else _outermost(child)
    return found


def _is_within(use: ast.Name, function: Function) -> bool:
    return function.lineno <= use.lineno <= (function.end_lineno or function.lineno)


def _uses_in(function: Function, name: str, settings: dict[str, bool]) -> list[ast.AST]:
    """Give the uses in a function's body that are uses of settings; decorators and defaults are none."""
    nodes = [node for statement in function.body for node in walk(statement)]
    puts_back = _puts_back(nodes, name)
    counted = {node.target for node in nodes if isinstance(node, ast.AugAssign)}
    found: list[ast.AST] = []
    for node in nodes:
        match node:
            case ast.Subscript(value=ast.Name(id=used) as use, slice=ast.Constant(value=key)) if used == name:
                was = settings.get(str(key))
                changed = not isinstance(node.ctx, ast.Load)
                if was is not None and node not in counted and (was or not changed):
                    found.append(use)
            case ast.Attribute(value=ast.Name(id=used) as use, attr=attr) if used == name:
                if attr in _LOOKING or (attr in _WHOLE and puts_back):
                    found.append(use)
    return found


def _puts_back(nodes: list[ast.AST], name: str) -> bool:
    return any(
        isinstance(inner, ast.Name) and inner.id == name
        for node in nodes
        if isinstance(node, ast.Try)
        for last in node.finalbody
        for inner in walk(last)
    )
