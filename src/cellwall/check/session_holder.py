"""What keeps a shared session, an attribute of a class or a name of a module, and all that use it."""

import ast
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from cellwall.check.bindings_in_force import is_none
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS, Function, walk
from cellwall.check.reason import Reason
from cellwall.check.rule import Refusal
from cellwall.check.value_place import Place, PlaceKind

CLOSING: Final = frozenset({"close", "aclose", "rollback", "remove", "expunge_all"})


class SessionHolder(NamedTuple):
    """Where a session is kept.

    Attributes:
        name: the attribute or variable.
        owner: the class, None for a module's variable.
        stores: the statements that assign it.
        closings: the statements that only close it, where that is no test's subject.
        users: the functions that use it otherwise, each with the expressions that stand for it.
    """

    name: str
    owner: ast.ClassDef | None
    stores: tuple[ast.stmt, ...]
    closings: tuple[ast.stmt, ...]
    users: dict[Function, list[ast.expr]]


def session_holder(module: ModuleFacts, call: ast.Call, place: Place) -> SessionHolder | Refusal:
    """Find every use of the session that `call` opens and `place` keeps, or say why that cannot be done."""
    owner = None if place.kind is PlaceKind.MODULE else _owner(module, call)
    if place.kind is not PlaceKind.MODULE and owner is None:
        return Refusal(Reason.ESCAPES, "kept where it cannot be followed")
    beyond = _beyond(module, owner, place.name)
    if beyond:
        return Refusal(Reason.ESCAPES, beyond)
    stores = _stores(module, owner, place.name)
    if isinstance(stores, Refusal):
        return stores
    loads = _loads(module, owner, place.name)
    closings = _closings(module, loads)
    users: dict[Function, list[ast.expr]] = {}
    for load in loads:
        if _inside(module, load, closings):
            continue
        function = _outermost(module, load)
        if function is None:
            return Refusal(Reason.ESCAPES, f"`{place.name}` is used outside of any function")
        if any(_inside(module, store, [function]) for store in stores):
            return Refusal(
                Reason.ESCAPES, f"`{function.name}` opens it and uses it for what others find there"
            )
        users.setdefault(function, []).append(load)
    return SessionHolder(place.name, owner, tuple(stores), tuple(closings), users)


def _owner(module: ModuleFacts, call: ast.Call) -> ast.ClassDef | None:
    inner = next((a for a in module.nodes.ancestors(call) if isinstance(a, (ast.ClassDef, *FUNCTIONS))), None)
    return module.nodes.owner(inner) if isinstance(inner, FUNCTIONS) else inner


def _beyond(module: ModuleFacts, owner: ast.ClassDef | None, name: str) -> str:
    """Say who else may use it: importers, subclasses, holders of the object, and names in strings."""
    stem = PurePosixPath(module.path).stem
    if not (stem.startswith("test_") or stem.endswith(("_test", "_tests"))):
        return "other files may use it"
    for text in module.of(ast.Constant):
        call = module.nodes.parent(text)
        if text.value == name and isinstance(call, ast.Call) and text in call.args[1:2]:
            return f"`{name}` is named in a string"
    if owner is None:
        return ""
    for cls in module.of(ast.ClassDef):
        if cls is not owner and any(_spelled(base) == owner.name for base in cls.bases):
            return f"subclasses of `{owner.name}` use it"
    qualified = module.resolver.qualified(owner)
    for node in module.of(ast.Attribute):
        if node.attr == name and not _is_own(node, owner):
            origin = module.resolve(node.value)
            if origin is not None and origin.local and origin.dotted == qualified:
                return f"`{module.text(node)}` uses it from outside of `{owner.name}`"
    return ""


def _stores(module: ModuleFacts, owner: ast.ClassDef | None, name: str) -> list[ast.stmt] | Refusal:
    """Give the statements that assign it: calls, and None before there is one."""
    found: list[ast.stmt] = []
    places = walk(owner) if owner is not None else walk(module.tree)
    for node in places:
        if not isinstance(node, (ast.Attribute, ast.Name)) or isinstance(node.ctx, ast.Load):
            continue
        if not _stands_for(module, node, owner, name):
            continue
        statement = module.nodes.parent(node)
        whole = isinstance(statement, ast.AnnAssign) or (
            isinstance(statement, ast.Assign) and len(statement.targets) == 1
        )
        if not whole or not isinstance(statement, (ast.Assign, ast.AnnAssign)):
            return Refusal(Reason.UNKNOWN_SHAPE, f"`{name}` is assigned together with others, or deleted")
        value = statement.value.value if isinstance(statement.value, ast.Await) else statement.value
        if value is not None and not is_none(value) and not isinstance(value, ast.Call):
            return Refusal(Reason.UNKNOWN_SHAPE, f"`{name}` is assigned in several ways")
        found.append(statement)
    calls = {ast.unparse(s.value) for s in found if isinstance(s, ast.Assign) and not is_none(s.value)}
    if len(calls) > 1:
        return Refusal(Reason.UNKNOWN_SHAPE, f"`{name}` is assigned in several ways")
    return found


def _loads(module: ModuleFacts, owner: ast.ClassDef | None, name: str) -> list[ast.expr]:
    nodes = walk(owner) if owner is not None else walk(module.tree)
    return [
        node
        for node in nodes
        if isinstance(node, (ast.Attribute, ast.Name))
        and isinstance(node.ctx, ast.Load)
        and _stands_for(module, node, owner, name)
    ]


def _stands_for(
    module: ModuleFacts, node: ast.Attribute | ast.Name, owner: ast.ClassDef | None, name: str
) -> bool:
    if isinstance(node, ast.Attribute):
        return owner is not None and node.attr == name and _is_own(node, owner)
    if node.id != name:
        return False
    if not isinstance(node.ctx, ast.Load):
        scope: ast.AST = module.nodes.scope(node)
        in_global = name in module.resolver.namespace(scope).globals
        return scope is (owner or module.tree) or (owner is None and in_global)
    found = module.resolver.binding_candidates(name, node)
    return found is not None and found[0] is (owner or module.tree)


def _is_own(node: ast.Attribute, owner: ast.ClassDef) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in ("self", "cls", owner.name)


def _closings(module: ModuleFacts, loads: list[ast.expr]) -> list[ast.stmt]:
    """Give the statements that close the session and do nothing else; in a test only its last one."""
    found: list[ast.stmt] = []
    for load in loads:
        function = _outermost(module, load)
        statement = _closing_statement(module, load)
        if function is None or statement is None or statement in found:
            continue
        more = any(
            _outermost(module, other) is function and not _inside(module, other, [statement])
            for other in loads
        )
        if not module.pytest.is_collected(function) or (more and statement is function.body[-1]):
            found.append(statement)
    return found


def _closing_statement(module: ModuleFacts, load: ast.expr) -> ast.stmt | None:
    """Give `load.close()` as a statement, or the whole `if load: load.close()`."""
    attribute = module.nodes.parent(load)
    if isinstance(attribute, ast.If) and attribute.test is load and not attribute.orelse:
        only = all(
            isinstance(s, (ast.Expr, ast.Assign)) and ast.unparse(load) in ast.unparse(s)
            for s in attribute.body
        )
        closes = any(isinstance(s, ast.Expr) for s in attribute.body)
        return attribute if only and closes else None
    call = module.nodes.parent(attribute) if isinstance(attribute, ast.Attribute) else None
    if not isinstance(attribute, ast.Attribute) or attribute.attr not in CLOSING:
        return None
    if not isinstance(call, ast.Call) or call.func is not attribute or call.args or call.keywords:
        return None
    around = module.nodes.parent(call)
    if isinstance(around, ast.Await):
        around = module.nodes.parent(around)
    if not isinstance(around, ast.Expr):
        return None
    outer = module.nodes.parent(around)
    if isinstance(outer, ast.If) and ast.unparse(outer.test) == ast.unparse(load):
        return _closing_statement(module, outer.test) or around
    return around


def _outermost(module: ModuleFacts, node: ast.AST) -> Function | None:
    """Give the method or module-level function around a node, past its inner functions."""
    around = [a for a in module.nodes.ancestors(node) if isinstance(a, (*FUNCTIONS, ast.ClassDef))]
    functions: list[Function] = []
    for ancestor in around:
        if isinstance(ancestor, ast.ClassDef):
            break
        functions.append(ancestor)
    return functions[-1] if functions else None


def _inside(module: ModuleFacts, node: ast.AST, places: list[ast.stmt] | list[Function]) -> bool:
    return node in places or any(ancestor in places for ancestor in module.nodes.ancestors(node))


def _spelled(base: ast.expr) -> str:
    return base.id if isinstance(base, ast.Name) else getattr(base, "attr", "")
