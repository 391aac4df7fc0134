"""aiohttp's server: routes by decorator, `web.View`, handlers by the type of their parameter."""

import ast
from typing import Final

from cellwall.check.called_names import calls_of
from cellwall.check.decorators import decorators
from cellwall.check.function_shape import parameters
from cellwall.check.gaps import followed_by
from cellwall.check.instances import inherits, is_instance
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.registered_functions import is_registered, registered

TOKENS: Final = (b"aiohttp", b"web.", followed_by(b"web", rb"\."))
_VERBS: Final = frozenset({"get", "post", "put", "patch", "delete", "head", "view", "route"})
_ADDING: Final = {f"add_{verb}": 1 for verb in ("get", "post", "put", "patch", "delete", "head", "view")} | {
    "add_route": 2
}
_MADE: Final = tuple(f"aiohttp.web.{verb}" for verb in ("get", "post", "put", "patch", "delete", "head"))
_TABLES: Final = ("aiohttp.web.RouteTableDef",)
_REQUESTS: Final = ("aiohttp.web.Request", "aiohttp.web_request.Request", "aiohttp.web.BaseRequest")


def handles(module: ModuleFacts, function: Function) -> bool:
    """Tell whether a route table's decorator stands above a function, or it takes aiohttp's request first."""
    if is_registered(function, module.fact(_added), module):
        return True
    for decorator in decorators(module, function):
        if decorator.is_one_of(("aiohttp.web.middleware",)):
            return True
        if decorator.last not in _VERBS or not isinstance(decorator.node, ast.Attribute):
            continue
        if is_instance(module, decorator.node.value, _TABLES):
            return True
    first = next(iter(parameters(function)), None)
    annotation = first.annotation if first is not None else None
    if annotation is not None and module.matches(annotation, _REQUESTS) is not None:
        return True
    cls = module.nodes.owner(function)
    return cls is not None and function.name in _VERBS and inherits(module, cls, ("web.View",))


def _added(module: ModuleFacts) -> frozenset[str]:
    """Give what routes are made with: `router.add_get("/", home)` and `web.get("/", home)`."""
    made = [call.args[1] for call in calls_of(module, _MADE) if len(call.args) > 1]
    names = {node.id for node in made if isinstance(node, ast.Name)}
    names |= {node.attr for node in made if isinstance(node, ast.Attribute)}
    return registered(module, _ADDING) | names
