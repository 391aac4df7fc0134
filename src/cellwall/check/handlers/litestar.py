"""Litestar: functions and controller methods under one of its route decorators, and WebSocket listeners."""

from typing import Final

from cellwall.check.decorators import decorators
from cellwall.check.instances import inherits
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function

TOKENS: Final = (b"litestar",)
_ROUTES: Final = tuple(
    f"litestar{module}.{verb}"
    for module in ("", ".handlers")
    for verb in ("get", "post", "put", "patch", "delete", "head", "route", "websocket", "websocket_listener")
)


_LISTENING: Final = frozenset({"on_accept", "on_receive", "on_disconnect"})


def handles(module: ModuleFacts, function: Function) -> bool:
    """Tell whether one of Litestar's route decorators stands above a function."""
    if any(decorator.is_one_of(_ROUTES) for decorator in decorators(module, function)):
        return True
    cls = module.nodes.owner(function)
    return cls is not None and function.name in _LISTENING and inherits(module, cls, ("WebsocketListener",))
