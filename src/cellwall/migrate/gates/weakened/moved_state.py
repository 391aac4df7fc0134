"""Literals that moved from module level into the one test that uses them: proved within the module, no I/O.

The test must run once, begin with the very same literal, and be all that names it; then what it works on is
the same at each of its steps, and nobody else can tell.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cellwall.check.name_places import mentions, reaches_unsaid
from cellwall.migrate.gates.weakened.facts import Kind, ModuleFacts, Unit

_BUILT_IN: Final = frozenset({"bytearray", "dict", "list", "set"})
_COLLECTIONS: Final = frozenset({"Counter", "OrderedDict", "defaultdict", "deque"})
_CONTAINERS: Final = (ast.List, ast.Dict, ast.Set)
_PARTS: Final = (*_CONTAINERS, ast.Tuple, ast.Constant, ast.UnaryOp, ast.USub, ast.expr_context)

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Move:
    """A name that went from the module into a test, and the line where it stands there now."""

    name: str
    unit: str
    line: int


def moves(before: ModuleFacts, after: ModuleFacts) -> tuple[Move, ...]:
    """Give the literals that a module handed to their only user."""
    if any(reaches_unsaid(module.module.node) for module in (before, after)):
        return ()
    found = (_move(statement, before, after) for statement in before.module.node.body)  # type: ignore[attr-defined]
    return tuple(move for move in found if move is not None)


def _move(statement: ast.stmt, before: ModuleFacts, after: ModuleFacts) -> Move | None:
    name, value = _definition(statement)
    if not name or value is None or not all(_is_literal(value, module) for module in (before, after)):
        return None
    for id_, units in after.units.items():
        old, new = before.units.get(id_, ()), units
        if len(old) == len(new) == 1 and _runs_once(old[0], before) and _runs_once(new[0], after):
            for first in _first_statements(new[0].node):
                bound, given = _definition(first)
                same = bound == name and given is not None and ast.dump(given) == ast.dump(value)
                if same and _only(before, name, statement, old[0]) and _only(after, name, first, new[0]):
                    return Move(name, id_, first.lineno)
    return None


def _definition(statement: ast.stmt) -> tuple[str, ast.expr | None]:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value, annotation=annotation):
            acts = any(isinstance(node, ast.Call | ast.NamedExpr) for node in ast.walk(annotation))
            return ("", None) if acts else (name, value)
    return "", None


def _is_literal(value: ast.expr, module: ModuleFacts) -> bool:
    """Tell whether a value is a container of constants, or an empty one made by its class."""
    if isinstance(value, ast.Call):
        if value.args or value.keywords or not isinstance(value.func, ast.Name):
            return False
        return _is_class(value.func.id, module)
    return isinstance(value, _CONTAINERS) and all(isinstance(node, _PARTS) for node in ast.walk(value))


def _is_class(name: str, module: ModuleFacts) -> bool:
    """Tell whether a name is Python's own class in the whole module."""
    places = [place for place in mentions(module.module.node, name) if not isinstance(place, ast.alias)]
    if any(not isinstance(getattr(place, "ctx", None), ast.Load) for place in places):
        return False
    origins = module.imports.get(name, frozenset())
    return (name in _BUILT_IN and not origins) or (
        name in _COLLECTIONS and origins == frozenset({f"collections.{name}"})
    )


def _runs_once(unit: Unit, module: ModuleFacts) -> bool:
    """Tell whether a unit is a test that nothing in its module runs twice, under another name, or never."""
    node, parent = unit.node, module.units.get(unit.parent, ())
    if unit.kind is not Kind.TEST or not isinstance(node, Function) or unit.guards or len(parent) != 1:
        return False
    if parent[0].kind is Kind.CLASS and not _is_plain_class(parent[0], module):
        return False
    others = [place for place in mentions(module.module.node, unit.name) if not isinstance(place, Function)]
    given = [parameter.name for parameter in unit.parameters if parameter.name != "user_context"]
    owned = ["self"] if parent[0].kind is Kind.CLASS else []
    marks = [mark for mark in unit.decorators if not mark.startswith("pytest.mark.asyncio")]
    return not others and given == owned and not marks


def _is_plain_class(unit: Unit, module: ModuleFacts) -> bool:
    cases = all(_is_unittest(base, module) for base in unit.bases)
    named = [place for place in mentions(module.module.node, unit.name) if place is not unit.node]
    return cases and not (unit.parent or unit.guards or unit.decorators or named)


def _is_unittest(base: str, module: ModuleFacts) -> bool:
    root, _, rest = base.partition(".")
    return any((o + "." + rest).rstrip(".").startswith("unittest.") for o in module.imports.get(root, ()))


def _first_statements(node: ast.AST) -> Iterator[ast.stmt]:
    """Give the definitions with which a function begins, its docstring and imports apart."""
    body = node.body if isinstance(node, Function) else []
    for number, statement in enumerate(body):
        if number == 0 and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        if isinstance(statement, ast.Import | ast.ImportFrom):
            continue
        _, value = _definition(statement)
        if not isinstance(value, (*_CONTAINERS, ast.Call)):
            return
        yield statement


def _only(module: ModuleFacts, name: str, definition: ast.stmt, unit: Unit) -> bool:
    """Tell whether a name is bound by one statement and else only read within one function's body."""
    body = unit.node.body if isinstance(unit.node, Function) else []
    inside = {node for statement in body for node in ast.walk(statement)}
    own = set(ast.walk(definition))
    for place in mentions(module.module.node, name):
        if not isinstance(place, ast.Name):
            return False
        stored = not isinstance(place.ctx, ast.Load)
        if stored != (place in own) or not (place in own or place in inside):
            return False
    return True
