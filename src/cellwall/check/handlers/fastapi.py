"""FastAPI: path operations, WebSocket endpoints, and what `Depends` names."""

import ast
from typing import Final

from cellwall.check.called_names import calls_of
from cellwall.check.decorators import Decorator, decorators
from cellwall.check.gaps import first_text_begins
from cellwall.check.instances import is_instance
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.registered_functions import is_registered, registered

TOKENS: Final = (b"fastapi", b"FastAPI", b"APIRouter", b"Depends", b"add_api_", first_text_begins(b"/"))
_ADDING: Final = {"add_api_route": 1, "add_api_websocket_route": 1}
VERBS: Final = frozenset(
    {
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "options",
        "head",
        "trace",
        "api_route",
        "websocket",
        "websocket_route",
    }
)
ROUTERS: Final = (
    "fastapi.FastAPI",
    "fastapi.APIRouter",
    "fastapi.applications.FastAPI",
    "fastapi.routing.APIRouter",
)
DEPENDS: Final = ("fastapi.Depends", "fastapi.Security", "fastapi.params.Depends")


def handles(module: ModuleFacts, function: Function) -> bool:
    """Tell whether a router's decorator stands above a function, or `Depends` names it in this module."""
    if function in module.fact(_dependencies) or is_registered(function, module.fact(_added), module):
        return True
    return any(_is_operation(module, decorator) for decorator in decorators(module, function))


def _is_operation(module: ModuleFacts, decorator: Decorator) -> bool:
    if decorator.last not in VERBS or not isinstance(decorator.node, ast.Attribute):
        return False
    if is_instance(module, decorator.node.value, ROUTERS):
        return True
    return (decorator.path.startswith("/") and module.resolve(decorator.node.value) is None) or (
        decorator.path.startswith("/") and not _is_known(module, decorator.node.value)
    )


def _is_known(module: ModuleFacts, node: ast.expr) -> bool:
    """Tell whether it is seen what the router is: an instance, made in sight, of something else."""
    origin = module.resolve(node)
    return origin is not None and origin.made


def _added(module: ModuleFacts) -> frozenset[str]:
    return registered(module, _ADDING)


def _dependencies(module: ModuleFacts) -> frozenset[ast.AST]:
    named = {
        call.args[0].id
        for call in calls_of(module, DEPENDS)
        if call.args and isinstance(call.args[0], ast.Name)
    }
    return frozenset(f for f in module.nodes.functions() if f.name in named and module.nodes.owner(f) is None)
