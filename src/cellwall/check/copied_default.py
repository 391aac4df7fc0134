"""Whether a context variable's default is only ever copied or read, so that no context changes another's."""

import ast
from typing import Final

from cellwall.check.known_name import last_name
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import walk

_READ_ONLY: Final = frozenset({"Mapping", "Sequence", "Collection", "AbstractSet", "Iterable"})
_COPIES: Final = frozenset({"list", "dict", "set", "tuple", "frozenset", "sorted", "len", "bool"})


def always_copied(module: ModuleFacts, call: ast.Call, default: ast.expr) -> bool:
    """Tell whether a default is safe: each `get()` is copied or read, and other modules need not be asked.

    They need not where the variable is private and the default empty, or where all it holds is constants,
    which says what stands in it at first. Other values may be changed without the container.
    """
    if _is_read_only(module, call):
        return True
    name = _name(module, call)
    if not name or not (_holds_constants(default) or (name.startswith("_") and _is_empty(default))):
        return False
    uses = [node for node in module.of(ast.Name) if node.id == name and isinstance(node.ctx, ast.Load)]
    taken = [node for node in uses if not _is_set_back(module, node)]
    return bool(taken) and all(_is_read(module, node) for node in taken)


def _is_read_only(module: ModuleFacts, call: ast.Call) -> bool:
    """Tell whether the variable is typed as holding what a type checker lets nobody change."""
    statement = module.nodes.parent(call)
    annotation = statement.annotation if isinstance(statement, ast.AnnAssign) else call.func
    if not isinstance(annotation, ast.Subscript):
        return False
    held = annotation.slice.value if isinstance(annotation.slice, ast.Subscript) else annotation.slice
    return last_name(module, held) in _READ_ONLY


def _name(module: ModuleFacts, call: ast.Call) -> str:
    match module.nodes.parent(call):
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return ""


def _holds_constants(default: ast.expr) -> bool:
    """Tell whether a list holds something, and nothing but constants or names spelled as such."""
    return isinstance(default, ast.List) and bool(default.elts) and all(_is_constant(e) for e in default.elts)


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id.isupper())


def _is_empty(default: ast.expr) -> bool:
    match default:
        case ast.List(elts=[]) | ast.Dict(keys=[]):
            return True
        case ast.Call(func=ast.Name(id="list" | "dict" | "set"), args=[], keywords=[]):
            return True
    return False


def _is_set_back(module: ModuleFacts, node: ast.Name) -> bool:
    """Tell whether a use is a call of `set` or `reset`, which changes no container."""
    around = module.nodes.parent(node)
    if not isinstance(around, ast.Attribute) or around.attr not in ("set", "reset"):
        return False
    call = module.nodes.parent(around)
    return isinstance(call, ast.Call) and call.func is around


def _is_read(module: ModuleFacts, node: ast.Name) -> bool:
    """Tell whether a use is a `get()` whose container is copied, or kept under a name that only reads it."""
    around = module.nodes.parent(node)
    call = module.nodes.parent(around) if isinstance(around, ast.Attribute) and around.attr == "get" else None
    if not isinstance(call, ast.Call) or call.func is not around or call.args:
        return False
    if _is_harmless(module, call):
        return True
    whole = _or_another(module, call)
    statement, function = module.nodes.parent(whole), module.function(call)
    match statement:
        case ast.Assign(targets=[ast.Name(id=kept)], value=value) if value is whole and function is not None:
            named = [part for part in walk(function) if isinstance(part, ast.Name) and part.id == kept]
            stored = [other for other in named if not isinstance(other.ctx, ast.Load)]
            loaded = [other for other in named if isinstance(other.ctx, ast.Load)]
            return len(stored) == 1 and all(_is_harmless(module, other) for other in loaded)
    return False


def _or_another(module: ModuleFacts, call: ast.expr) -> ast.expr:
    """Give `call or {}` where an expression stands so, which is the same container or a new one."""
    around = module.nodes.parent(call)
    return around if isinstance(around, ast.BoolOp) and isinstance(around.op, ast.Or) else call


def _is_harmless(module: ModuleFacts, node: ast.expr) -> bool:
    """Tell whether the one use of a container copies it, looks an item up, or asks whether it is empty."""
    around = module.nodes.parent(node)
    match around:
        case ast.Attribute(attr="copy"):
            call = module.nodes.parent(around)
            return isinstance(call, ast.Call) and call.func is around
        case ast.Call(func=ast.Name(id=name), args=[given]):
            return given is node and name in _COPIES
        case ast.Dict(keys=keys, values=values):  # only unpacked: kept as an item, it could be changed there
            return any(key is None and value is node for key, value in zip(keys, values, strict=True))
        case ast.Subscript(ctx=ast.Load()):
            return around.value is node
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            return test is node
        case ast.UnaryOp(op=ast.Not()):
            return True
        case ast.BinOp(op=ast.BitOr() | ast.Add()):  # makes a new one
            return True
    return False
