"""Whether a coroutine leaves an answer under way when it is cancelled: it wrote to a connection and reads."""

import ast
import re
from collections.abc import Collection
from typing import Final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.function_shape import waits
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS, Function, walk
from cellwall.check.own_nodes import own, own_nodes
from cellwall.check.pytest_facts import spelled

_WRITE: Final = deferred(r"^_?(send|write)|_send(_|$)|_write(_|$)|pack(ed)?_command")
_READ: Final = deferred(r"^_?(read|recv|receive|parse)|_read(_|$)|_recv(_|$)|parse_response")
_STREAM: Final = deferred(
    r"reader|writer|stream|transport|protocol|sock|wire|channel|conn|^_?(r|w|ws|io|raw)$", re.IGNORECASE
)


def asks_and_reads(module: ModuleFacts, function: Function, names: frozenset[str]) -> ast.expr | None:
    """Give the first wait in which the connection is read after a command was written, or None."""
    written, waiting = False, set(waits(module, function))
    for node in own_nodes(module, function):
        written = written or (isinstance(node, ast.Call) and _writes_to(node, names))
        value = getattr(node, "value", None) if node in waiting else None
        if value is None or not speaks_of(value, names):
            continue
        calls = [n for n in walk(value) if isinstance(n, ast.Call)]
        if any(_does_both(module, function, call, names) for call in calls):
            return node if isinstance(node, ast.expr) else None
        methods = {n.func.attr for n in calls if isinstance(n.func, ast.Attribute)}
        if written and any(_READ.search(method) for method in methods):
            return node if isinstance(node, ast.expr) else None
        written = written or any(_WRITE.search(method) for method in methods)
    return None


def _does_both(module: ModuleFacts, function: Function, call: ast.Call, names: frozenset[str]) -> bool:
    """Tell whether a method of the same class is given the connection, writes it and then reads it."""
    cls = module.nodes.owner(function)
    if cls is None or not isinstance(call.func, ast.Attribute) or spelled(call.func.value) != "self":
        return False
    if not any(isinstance(a, ast.Name) and a.id in names for a in call.args):
        return False
    for other in cls.body:
        if isinstance(other, FUNCTIONS) and other.name == call.func.attr:
            called = [n.func.attr for n in own(module, other, ast.Call) if isinstance(n.func, ast.Attribute)]
            return (
                any(_WRITE.search(n) for n in called)
                and any(_READ.search(n) for n in called)
                and not any(catches_cancel(h) for t in own(module, other, ast.Try) for h in t.handlers)
            )
    return False


def names_of_connection(module: ModuleFacts, function: Function, name: str) -> frozenset[str]:
    """Give the name of a connection with the variables that hold it or a stream of it."""
    names = {name}
    for assignment in own(module, function, ast.Assign):
        target, value = assignment.targets[0], assignment.value
        pairs = [(target, value)]
        if isinstance(target, ast.Tuple):
            same = isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts)
            values = value.elts if same and isinstance(value, ast.Tuple) else [value] * len(target.elts)
            pairs = list(zip(target.elts, values, strict=True))
        names.update(t.id for t, v in pairs if isinstance(t, ast.Name) and _is_part(v, names))
    return frozenset(names)


def _writes_to(call: ast.Call, names: frozenset[str]) -> bool:
    """Tell whether a method of a connection, or of a stream of it, is called that writes."""
    match call.func:
        case ast.Attribute(value=written, attr=method):
            return _WRITE.search(method) is not None and _is_part(written, names)
    return False


def _is_part(node: ast.expr, names: Collection[str]) -> bool:
    """Tell whether an expression is one of the names, or a stream below one."""
    while isinstance(node, ast.Attribute):
        if _STREAM.search(node.attr) is None:
            return False
        node = node.value
    return isinstance(node, ast.Name) and node.id in names


def speaks_of(node: ast.AST, names: frozenset[str]) -> bool:
    """Tell whether one of the names stands in a piece of code."""
    return any(isinstance(n, ast.Name) and n.id in names for n in walk(node))


def catches_cancel(handler: ast.ExceptHandler) -> bool:
    """Tell whether a handler is entered when the coroutine is cancelled."""
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(spelled(kind).rpartition(".")[2] in ("BaseException", "CancelledError") for kind in kinds)
