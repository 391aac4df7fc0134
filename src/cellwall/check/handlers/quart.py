"""Quart: the same shapes as Flask's, of its own classes, with WebSocket routes."""

import ast
from typing import Final

from cellwall.check.decorators import decorators
from cellwall.check.handlers.flask import is_route
from cellwall.check.instances import is_instance
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function

TOKENS: Final = (b"quart",)
APPLICATIONS: Final = ("quart.Quart", "quart.Blueprint", "quart.app.Quart", "quart.blueprints.Blueprint")
_OWN: Final = frozenset({"websocket", "before_websocket", "after_websocket"})


def handles(module: ModuleFacts, function: Function) -> bool:
    """Tell whether a decorator of a Quart application or blueprint stands above a function."""
    for decorator in decorators(module, function):
        if is_route(module, decorator, APPLICATIONS):
            return True
        node = decorator.node
        if decorator.last in _OWN and isinstance(node, ast.Attribute):
            return is_instance(module, node.value, APPLICATIONS)
    return False
