"""Names of a module that hold something that can change, and the places in functions that change it."""

import ast
from collections.abc import Iterator
from typing import Final, NamedTuple

from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.pytest_facts import spelled

CHANGING: Final = frozenset(
    {
        "add",
        "append",
        "appendleft",
        "clear",
        "discard",
        "extend",
        "insert",
        "pop",
        "popitem",
        "remove",
        "setdefault",
        "update",
        "push",
    }
)
MAKERS: Final = frozenset(
    {
        "Counter",
        "OrderedDict",
        "bytearray",
        "defaultdict",
        "deque",
        "dict",
        "list",
        "set",
        "TTLCache",
        "LRUCache",
        "WeakValueDictionary",
        "WeakKeyDictionary",
    }
)
_SETTING: Final = (ast.Assign, ast.AugAssign, ast.AnnAssign)
_LITERALS: Final = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)


class Change(NamedTuple):
    """One place in a function that changes a shared object.

    Attributes:
        name: the object's name.
        node: the expression or statement that changes it.
        how: the method's name, "[]" for an item, "=" for the name itself.
        key: the key of an item, where one is given.
        values: what is put in.
    """

    name: str
    node: ast.expr | ast.stmt
    how: str
    function: Function
    key: ast.expr | None = None
    values: tuple[ast.expr, ...] = ()


def makes_container(value: ast.expr | None) -> bool:
    """Tell whether an expression makes a new container that can change."""
    if isinstance(value, ast.Call):
        function = value.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        return name in MAKERS
    return isinstance(value, _LITERALS)


def module_containers(module: ModuleFacts) -> dict[str, ast.stmt]:
    """Give the names that the module binds to a container when it is imported, with the statement."""
    return module.fact(_containers)


def _containers(module: ModuleFacts) -> dict[str, ast.stmt]:
    found: dict[str, ast.stmt] = {}
    for statement in module.tree.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=value)
            ) if makes_container(value):
                found[name] = statement
    return found


def changes(module: ModuleFacts) -> list[Change]:
    """Give every change of a container of the module, in functions, in source order."""
    return module.fact(_changes)


def _changes(module: ModuleFacts) -> list[Change]:
    names = module_containers(module)
    found: list[Change] = []
    for node in module.of(ast.Name) if names else ():
        if node.id in names and isinstance(node.ctx, ast.Load):
            function = module.function(node)
            if function is not None and is_of_module(module, node):
                change = change_of(module, node, node.id, function)
                found += [change] if change is not None else []
    return found


def changes_elsewhere(module: ModuleFacts) -> list[Change]:
    """Give every change, in functions, of a container that another module of the project keeps."""
    return module.fact(_changes_elsewhere)


def _changes_elsewhere(module: ModuleFacts) -> list[Change]:
    found: list[Change] = []
    for node in _changed(module) if module.project.container_names else ():
        function = module.function(node)
        if function is not None and _is_kept_elsewhere(module, node):
            change = change_of(module, node, spelled(node), function)
            found += [change] if change is not None else []
    return found


def _changed(module: ModuleFacts) -> Iterator[ast.Name | ast.Attribute]:
    """Give the names and attributes whose items are set, or of which a changing method is taken."""
    for item in module.of(ast.Subscript):
        is_set = isinstance(item.ctx, ast.Store) and isinstance(module.nodes.parent(item), _SETTING)
        if is_set and isinstance(item.value, (ast.Name, ast.Attribute)):
            yield item.value
    for method in module.of(ast.Attribute):
        if method.attr in CHANGING and isinstance(method.value, (ast.Name, ast.Attribute)):
            yield method.value


def _is_kept_elsewhere(module: ModuleFacts, node: ast.Name | ast.Attribute) -> bool:
    name = node.id if isinstance(node, ast.Name) else node.attr
    if name not in module.project.container_names and name not in module.renamed:
        return False
    origin = module.resolve(node)
    if origin is None or origin.made or origin.local or origin.guessed:
        return False
    return module.project.is_container(origin.dotted)


def is_of_module(module: ModuleFacts, node: ast.Name) -> bool:
    """Tell whether a name stands for the module's own."""
    bound = module.resolver.binding_candidates(node.id, node)
    return bound is not None and bound[0] is module.tree


def change_of(module: ModuleFacts, node: ast.expr, name: str, function: Function) -> Change | None:
    """Tell how the use of an expression changes the object it stands for, None where it does not."""
    parent = module.nodes.parent(node)
    match parent:
        case ast.Subscript(value=value, slice=key, ctx=ast.Store()) if value is node:
            statement = module.nodes.statement(parent)
            assigned = getattr(statement, "value", None)
            values = (assigned,) if isinstance(assigned, ast.expr) else ()
            return Change(name, parent, "[]", function, key, values)
        case ast.Attribute(attr=method) if method in CHANGING:
            call = module.nodes.parent(parent)
            if isinstance(call, ast.Call) and call.func is parent:
                given = (*call.args, *(k.value for k in call.keywords))
                first = call.args[0] if method == "setdefault" and call.args else None
                rest = given if first is None else given[1:]
                return Change(name, call, method, function, first, rest)
    return None
