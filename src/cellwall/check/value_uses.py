"""What code does with a value that is kept under a name, on `self`, or given out by a fixture. Reads only."""

import ast
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from cellwall.check.bindings_in_force import is_none
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function, walk


class UseKind(Enum):
    """How a value is used at one place."""

    MEMBER = auto()  # an attribute of it
    IDENTITY = auto()  # whether it is the same object as another
    PRESENCE = auto()  # whether it is there, and of which type
    PASSED = auto()  # given to a call, kept in a container or on another object
    RESULT = auto()  # returned or yielded
    OTHER = auto()


class Use(NamedTuple):
    """One use: where, how, and the attribute for MEMBER (or the one that `hasattr` asks for)."""

    node: ast.expr
    kind: UseKind
    member: str = ""


def uses_of_name(module: ModuleFacts, name: str, scope: ast.AST) -> list[Use]:
    """Give the uses of a variable of `scope`, in inner functions too."""
    return [
        use_at(module, node)
        for node in module.fact(reads).get(name, ())
        if module.resolver.binding_scope(name, node) is scope
    ]


def reads(module: ModuleFacts) -> dict[str, list[ast.Name]]:
    """Give the places of a module where a name is read, by the name."""
    found: dict[str, list[ast.Name]] = {}
    for node in module.of(ast.Name):
        if isinstance(node.ctx, ast.Load):
            found.setdefault(node.id, []).append(node)
    return found


def uses_of_attribute(module: ModuleFacts, owner: ast.ClassDef, attribute: str) -> list[Use]:
    """Give the uses of `self.attribute` (or through `cls` or the class's name) inside a class."""
    return [
        use_at(module, node)
        for node in walk(owner)
        if isinstance(node, ast.Attribute)
        and node.attr == attribute
        and isinstance(node.ctx, ast.Load)
        and isinstance(node.value, ast.Name)
        and node.value.id in ("self", "cls", owner.name)
    ]


def uses_of_fixture(module: ModuleFacts, name: str) -> list[Use]:
    """Give the uses of a fixture's value in the functions of this module that ask for it."""
    return [
        use for function in users_of_fixture(module, name) for use in uses_of_name(module, name, function)
    ]


def users_of_fixture(module: ModuleFacts, name: str) -> Iterator[Function]:
    """Give the functions of this module that ask for a fixture by a parameter."""
    for function in module.nodes.functions():
        arguments = (*function.args.args, *function.args.kwonlyargs)
        if any(a.arg == name for a in arguments) and module.pytest.injects(function):
            yield function


def use_at(module: ModuleFacts, node: ast.expr) -> Use:
    """Tell how a value is used at the place where `node` stands for it."""
    parent = module.nodes.parent(node)
    while isinstance(parent, (ast.Await, ast.Starred)):
        parent = module.nodes.parent(parent)
    match parent:
        case ast.Attribute():
            return Use(node, UseKind.MEMBER, parent.attr)
        case ast.Compare():
            return Use(node, _comparison(node, parent))
        case ast.Call() if parent.func is not node:
            return _argument(node, parent)
        case (
            ast.keyword() | ast.Dict() | ast.List() | ast.Tuple() | ast.Set() | ast.Assign() | ast.AnnAssign()
        ):
            return Use(node, UseKind.PASSED)
        case ast.Return() | ast.Yield():
            return Use(node, UseKind.RESULT)
        case ast.Assert() | ast.If() | ast.While() | ast.UnaryOp() | ast.BoolOp() | ast.IfExp():
            return Use(node, UseKind.PRESENCE)
        case ast.Expr() | ast.FormattedValue():
            return Use(node, UseKind.PRESENCE)
    return Use(node, UseKind.OTHER)


def _comparison(node: ast.expr, comparison: ast.Compare) -> UseKind:
    others = [side for side in (comparison.left, *comparison.comparators) if side is not node]
    return UseKind.PRESENCE if all(is_none(other) for other in others) else UseKind.IDENTITY


def _argument(node: ast.expr, call: ast.Call) -> Use:
    function = call.func.id if isinstance(call.func, ast.Name) else ""
    if function == "id":
        return Use(node, UseKind.IDENTITY)
    if function in ("hasattr", "getattr") and len(call.args) > 1 and call.args[0] is node:
        attribute = call.args[1]
        text = attribute.value if isinstance(attribute, ast.Constant) else None
        kind = UseKind.PRESENCE if function == "hasattr" else UseKind.MEMBER
        return Use(node, kind, text if isinstance(text, str) else "")
    if function in ("isinstance", "type", "callable", "bool", "repr", "str", "print"):
        return Use(node, UseKind.PRESENCE)
    return Use(node, UseKind.PASSED)
