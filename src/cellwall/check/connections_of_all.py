"""Which calls send something to every connection that is kept: loops over them, servers, managers.

A manager of the module, or a function of it, is known by what it does. One of another file is known by what
its method is called, and only where nothing is given besides what is sent: a room or a list would choose.
"""

import ast
import re
from typing import Final

from cellwall.check.bindings import Kind
from cellwall.check.called_function import called_function
from cellwall.check.called_names import calls_named
from cellwall.check.deferred_pattern import deferred
from cellwall.check.function_shape import parameter_names
from cellwall.check.instances import is_instance
from cellwall.check.known_name import known_name
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function, walk
from cellwall.check.pytest_facts import spelled

SENDING: Final = ("send_json", "send_text", "send_str", "send_bytes", "write_message")
TO_ALL: Final = (
    "broadcast",
    "broadcast_all",
    "broadcast_event",
    "broadcast_json",
    "broadcast_message",
    "broadcast_text",
    "broadcast_to_all",
    "notify_all",
    "publish_to_all",
    "send_all",
    "send_to_all",
    "send_to_everyone",
)
_SERVERS: Final = ("socketio.AsyncServer", "socketio.Server", "flask_socketio.SocketIO")
_LIMITS: Final = frozenset({"to", "room", "skip_sid", "include_self", "rooms"})
_CONNECTIONS: Final = deferred(
    r"(connections?|clients?|sockets?|websockets|subscribers|active)$", re.IGNORECASE
)
_ROOM: Final = deferred(
    r"room|channel|group|session|topic|lobby|game|conversation|document|thread", re.IGNORECASE
)
_MANAGER: Final = deferred(
    r"(^|_|\.)\w*(manager|mgr|hub|pool|broadcaster|notifier|websockets?|sockets?|ws|connections?|clients?)$",
    re.IGNORECASE,
)
_STATE: Final = deferred(r"closed|state|alive|connected")


def sent_to_all(module: ModuleFacts, call: ast.Call, function: Function) -> ast.expr | None:
    """Give what a call sends to every connection, None where it sends nothing or chooses."""
    match call.func:
        case ast.Attribute(attr="emit", value=server) if len(call.args) == 2:
            given = {keyword.arg for keyword in call.keywords}
            return call.args[1] if not given & _LIMITS and is_instance(module, server, _SERVERS) else None
        case ast.Attribute(attr="broadcast") if len(call.args) == 2:
            return call.args[1] if module.matches(call.func, ("websockets.broadcast",)) else None
        case ast.Attribute(value=socket, attr=name) if name in SENDING:
            each = call.args and _is_each_connection(module, socket, call, function)
            return call.args[0] if each else None
        case ast.Name() if len(call.args) > 1 and module.matches(call.func, ("flask_socketio.emit",)):
            return call.args[1] if _is_broadcast(call) else None
    return _sent_by_manager(module, call)


def _is_broadcast(call: ast.Call) -> bool:
    given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
    return given.get("broadcast") == "True" and not given.keys() & {"to", "room"}


def _is_each_connection(module: ModuleFacts, socket: ast.expr, call: ast.Call, function: Function) -> bool:
    """Tell whether a socket is the variable of a loop over all kept ones, and nothing chooses."""
    if not isinstance(socket, ast.Name):
        return False
    for around in module.nodes.ancestors(call):
        if around is function:
            return False
        if isinstance(around, ast.Match) or (isinstance(around, ast.If) and _chooses(around.test)):
            return False
        for target, kept, conditions in _loops(around):
            if socket.id in {n.id for n in walk(target) if isinstance(n, ast.Name)}:
                return _keeps_all(module, kept) and not any(map(_chooses, conditions))
    return False


def _loops(node: ast.AST) -> list[tuple[ast.expr, ast.expr, list[ast.expr]]]:
    """Give the targets of a loop, what it goes through, and what it asks of each."""
    match node:
        case ast.For(target=target, iter=kept) | ast.AsyncFor(target=target, iter=kept):
            return [(target, kept, [])]
        case ast.ListComp(generators=all_) | ast.GeneratorExp(generators=all_) | ast.SetComp(generators=all_):
            return [(each.target, each.iter, each.ifs) for each in all_]
    return []


def _keeps_all(module: ModuleFacts, kept: ast.expr) -> bool:
    """Tell whether something is, by its name, all connections: as it is, copied, or the values of a table."""
    match kept:
        case ast.Call(func=ast.Name(id="list" | "tuple" | "set"), args=[inner]):
            return _keeps_all(module, inner)
        case ast.Call(func=ast.Attribute(value=inner, attr="values" | "items" | "copy"), args=[]):
            return _keeps_all(module, inner)
        case ast.Attribute(value=holder):
            return _CONNECTIONS.search(kept.attr) is not None and not _is_of_some(module, holder)
        case ast.Name(id=name):
            return _CONNECTIONS.search(name) is not None and _names_all(module, kept)
    return False


def _names_all(module: ModuleFacts, kept: ast.Name) -> bool:
    """Tell whether a variable is the module's, or a copy of all: another one may hold some of them."""
    bound = module.resolver.binding_candidates(kept.id, kept)
    if bound is None:
        return False
    scope, bindings = bound
    return scope is module.tree or all(b.value is not None and _keeps_all(module, b.value) for b in bindings)


def _is_of_some(module: ModuleFacts, holder: ast.expr) -> bool:
    """Tell whether an object has only the connections of one room, by its name or its class's."""
    cls = next((a for a in module.nodes.ancestors(holder) if isinstance(a, ast.ClassDef)), None)
    of_class = spelled(holder) == "self" and cls is not None and _ROOM.search(cls.name)
    return bool(of_class) or _ROOM.search(spelled(holder)) is not None


def _chooses(test: ast.expr) -> bool:
    """Tell whether a condition lets some through; all but one are still others, and closed ones are none."""
    match test:
        case ast.Compare(ops=[ast.NotEq() | ast.IsNot()]):
            return False
    return _STATE.search(ast.unparse(test)) is None


def _sent_by_manager(module: ModuleFacts, call: ast.Call) -> ast.expr | None:
    """Give what a function or method of the module, or a manager of another file, is given for all."""
    known = called_function(module, call)
    if known is not None:
        parameter = module.fact(_senders).get(known)
        return _given(call, known, parameter) if parameter else None
    match call:
        case ast.Call(func=ast.Attribute(value=kept, attr=name), args=[given], keywords=[]) if name in TO_ALL:
            return given if _is_shared_manager(module, kept) else None
    return None


def _senders(module: ModuleFacts) -> dict[Function, str]:
    """Give the functions of a module that send a parameter to all connections, with its name."""
    found: dict[Function, str] = {}
    for call in calls_named(module, SENDING):
        function = module.function(call)
        if function is None or not isinstance(call.func, ast.Attribute) or not call.args:
            continue
        if _is_each_connection(module, call.func.value, call, function):
            names = {n.id for n in walk(call.args[0]) if isinstance(n, ast.Name)}
            passed_on = [name for name in parameter_names(function) if name in names]
            if passed_on:
                found[function] = passed_on[0]
    return found


def _given(call: ast.Call, function: Function, parameter: str) -> ast.expr | None:
    """Give what a call gives for a parameter."""
    for keyword in call.keywords:
        if keyword.arg == parameter:
            return keyword.value
    place = parameter_names(function).index(parameter)
    return call.args[place] if place < len(call.args) else None


def _is_shared_manager(module: ModuleFacts, kept: ast.expr) -> bool:
    """Tell whether something of another file, or of the application, is by its name who keeps connections."""
    match kept:
        case ast.Call(func=ast.Name() as giver, args=[], keywords=[]):
            return _is_of_others(module, giver) and _MANAGER.search(known_name(module, giver)) is not None
        case ast.Name() | ast.Attribute():
            if _MANAGER.search(known_name(module, kept)) is None:
                return False
            root: ast.expr = kept
            while isinstance(root, ast.Attribute):
                root = root.value
            return ".state." in spelled(kept) or (isinstance(root, ast.Name) and _is_of_others(module, root))
    return False


def _is_of_others(module: ModuleFacts, name: ast.Name) -> bool:
    """Tell whether a name is imported, kept by the module, or given to the function."""
    bound = module.resolver.binding_candidates(name.id, name)
    if bound is None:
        return False
    scope, bindings = bound
    return scope is module.tree or any(b.kind in (Kind.IMPORT, Kind.PARAMETER) for b in bindings)
