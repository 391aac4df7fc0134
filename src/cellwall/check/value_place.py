"""Where the value of a call goes: into a name, an attribute, a result, an argument. What happens to it then
is told by `value_uses`."""

import ast
from enum import Enum, auto
from typing import NamedTuple

from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS
from cellwall.check.place import runs_directly_in
from cellwall.check.resolver import is_own_attribute


class PlaceKind(Enum):
    """What takes the value."""

    LOCAL = auto()  # a name of the function around
    MODULE = auto()  # a name of the module
    CLASS = auto()  # a name of a class body, or an attribute of `cls`
    ATTRIBUTE = auto()  # an attribute of `self`
    RESULT = auto()  # returned or yielded by the function around
    ARGUMENT = auto()  # an argument, an element, an attribute of another object
    MEMBER = auto()  # an attribute of the value is used at once
    COMPARED = auto()  # compared at once
    DROPPED = auto()  # an expression statement
    OTHER = auto()  # `with`, lambda, comprehension, default value, ...


class Place(NamedTuple):
    """Where a value goes; `name` is the variable or attribute that holds it, "" when there is none."""

    kind: PlaceKind
    name: str = ""


def value_place(module: ModuleFacts, call: ast.expr) -> Place:
    """Tell where the value of an expression goes, past `await`, `x or y` and `x if y else z` around it."""
    child, parent = call, module.nodes.parent(call)
    while isinstance(parent, (ast.Await, ast.BoolOp, ast.IfExp)):
        if isinstance(parent, ast.IfExp) and parent.test is child:
            return Place(PlaceKind.OTHER)
        child, parent = parent, module.nodes.parent(parent)
    function = module.function(call)
    inside = function is None or runs_directly_in(module, call, function)
    if not inside and not _class_level(module, call):
        return Place(PlaceKind.OTHER)
    match parent:
        case ast.Assign(targets=[target]) | ast.AnnAssign(target=target) | ast.NamedExpr(target=target):
            return _target(module, call, target)
        case ast.Return() | ast.Yield():
            return Place(PlaceKind.RESULT)
        case ast.Attribute():
            return Place(PlaceKind.MEMBER, parent.attr)
        case ast.Compare():
            return Place(PlaceKind.COMPARED)
        case ast.Expr():
            return Place(PlaceKind.DROPPED)
        case ast.Call() | ast.keyword() | ast.Dict() | ast.List() | ast.Tuple() | ast.Set():
            return Place(PlaceKind.OTHER if function is None else PlaceKind.ARGUMENT)
    return Place(PlaceKind.OTHER)


def _target(module: ModuleFacts, call: ast.expr, target: ast.expr) -> Place:
    if isinstance(target, ast.Name):
        scope = module.nodes.scope(call)
        if isinstance(scope, FUNCTIONS):
            outside = target.id in module.resolver.namespace(scope).globals
            return Place(PlaceKind.MODULE if outside else PlaceKind.LOCAL, target.id)
        at_class = isinstance(scope, ast.ClassDef)
        return Place(PlaceKind.CLASS if at_class else PlaceKind.MODULE, target.id)
    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
        if is_own_attribute(target, target.attr):
            kind = PlaceKind.CLASS if _is_class_itself(module, target.value) else PlaceKind.ATTRIBUTE
            return Place(kind, target.attr)
        return Place(PlaceKind.ARGUMENT)
    return Place(
        PlaceKind.ARGUMENT if isinstance(target, (ast.Attribute, ast.Subscript)) else PlaceKind.OTHER
    )


def _is_class_itself(module: ModuleFacts, name: ast.Name) -> bool:
    origin = module.resolve(name)
    return name.id == "cls" or (origin is not None and origin.local and not origin.made)


def _class_level(module: ModuleFacts, call: ast.expr) -> bool:
    return isinstance(module.nodes.scope(call), ast.ClassDef)
