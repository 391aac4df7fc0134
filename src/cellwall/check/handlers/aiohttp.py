"""aiohttp's server: routes by decorator, `web.View`, handlers by the type of their parameter."""

import ast
from typing import Final

from cellwall.check.decorators import decorators
from cellwall.check.function_shape import parameters
from cellwall.check.instances import inherits, is_instance
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function

TOKENS: Final = (b"aiohttp",)
_VERBS: Final = frozenset({"get", "post", "put", "patch", "delete", "head", "view", "route"})
_TABLES: Final = ("aiohttp.web.RouteTableDef",)
_REQUESTS: Final = ("aiohttp.web.Request", "aiohttp.web_request.Request", "aiohttp.web.BaseRequest")


def handles(module: ModuleFacts, function: Function) -> bool:
    """Tell whether a route table's decorator stands above a function, or it takes aiohttp's request first."""
    for decorator in decorators(module, function):
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
