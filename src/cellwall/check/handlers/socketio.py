"""python-socketio: event handlers of a server, and the `on_...` methods of a namespace."""

import ast
from typing import Final

from cellwall.check.called_names import calls_named
from cellwall.check.decorators import decorators
from cellwall.check.instances import inherits, is_instance
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function

TOKENS: Final = (b"socketio",)
SERVERS: Final = ("socketio.AsyncServer", "socketio.Server", "flask_socketio.SocketIO")
NAMESPACES: Final = ("Namespace", "AsyncNamespace")


def handles(module: ModuleFacts, function: Function) -> bool:
    """Tell whether `@sio.event` or `@sio.on(...)` stands above it, or a namespace calls it by its name."""
    for decorator in decorators(module, function):
        if decorator.last not in ("event", "on") or not isinstance(decorator.node, ast.Attribute):
            continue
        if is_instance(module, decorator.node.value, SERVERS) or decorator.names[0].startswith("sio."):
            return True
    if function.name in module.fact(_given):
        return True
    cls = module.nodes.owner(function)
    return cls is not None and function.name.startswith("on_") and inherits(module, cls, NAMESPACES)


def _given(module: ModuleFacts) -> frozenset[str]:
    """Give the names of what `server.on("event", handler)` is given."""
    found: set[str] = set()
    for call in calls_named(module, ("on", "on_event")):
        if isinstance(call.func, ast.Attribute):
            given = [*call.args[1:2], *(k.value for k in call.keywords if k.arg == "handler")]
            if given and is_instance(module, call.func.value, SERVERS):
                found.update(node.id for node in given if isinstance(node, ast.Name))
    return frozenset(found)
