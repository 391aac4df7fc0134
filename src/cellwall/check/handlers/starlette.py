"""Starlette and plain ASGI: endpoints of routes, `HTTPEndpoint`, middleware, applications by signature."""

import ast
from typing import Final

from cellwall.check.called_names import calls_of
from cellwall.check.function_shape import parameter_names
from cellwall.check.instances import inherits
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.registered_functions import is_registered, registered

TOKENS: Final = (b"starlette", b"scope", b"Route", b"HTTPEndpoint", b"WebSocketEndpoint", b"call_next")
_ROUTES: Final = ("starlette.routing.Route", "starlette.routing.WebSocketRoute", "fastapi.routing.APIRoute")
_METHODS: Final = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "dispatch"})
_ADDING: Final = {"add_route": 1, "add_websocket_route": 1}
_SOCKET: Final = frozenset({"on_connect", "on_receive", "on_disconnect"})


def handles(module: ModuleFacts, function: Function) -> bool:
    """Tell whether a function is an application, a middleware's `dispatch`, or a route's endpoint."""
    names = parameter_names(function)
    if names[:3] == ["scope", "receive", "send"] or names[:2] == ["request", "call_next"]:
        return True
    if is_registered(function, module.fact(_added), module):
        return True
    cls = module.nodes.owner(function)
    if cls is None:
        return function.name in module.fact(_endpoints)
    return (function.name in _METHODS and inherits(module, cls, ("HTTPEndpoint",))) or (
        function.name in _SOCKET and inherits(module, cls, ("WebSocketEndpoint",))
    )


def _added(module: ModuleFacts) -> frozenset[str]:
    return registered(module, _ADDING)


def _endpoints(module: ModuleFacts) -> frozenset[str]:
    found: set[str] = set()
    for call in calls_of(module, _ROUTES):
        given = [*call.args[1:2], *(k.value for k in call.keywords if k.arg == "endpoint")]
        found.update(node.id for node in given if isinstance(node, ast.Name))
    return frozenset(found)
