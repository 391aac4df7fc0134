"""Where code says how long caches may keep an answer: the header's text, and Django's calls that write it."""

import ast
from typing import Final

from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS, Function, walk

DJANGO_CACHE_CONTROL: Final = (
    "django.views.decorators.cache.cache_control",
    "django.utils.cache.patch_cache_control",
)


def is_cache_control(module: ModuleFacts, constant: ast.Constant) -> bool:
    """Tell whether a text stands in a statement that names the header `Cache-Control`."""
    statement = module.nodes.statement(constant)
    return statement is not None and any(
        isinstance(node, ast.Constant) and str(node.value).lower() == "cache-control"
        for node in walk(statement)
    )


def answered_by(module: ModuleFacts, call: ast.Call) -> Function | None:
    """Give the function whose answer a call is about: the one that it decorates, else the one around it."""
    decorated = module.nodes.parent(call)
    return decorated if isinstance(decorated, FUNCTIONS) else module.function(call)
