"""Django Channels: the methods of a consumer that answer one connection, or take an event of a group."""

from typing import Final

from cellwall.check.function_shape import parameter_names
from cellwall.check.instances import inherits
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function

TOKENS: Final = (b"Consumer",)
CONSUMERS: Final = ("Consumer",)
_METHODS: Final = frozenset(
    {
        "connect",
        "disconnect",
        "receive",
        "receive_json",
        "websocket_connect",
        "websocket_receive",
        "http_request",
    }
)


def handles(module: ModuleFacts, function: Function) -> bool:
    """Tell whether a consumer calls this method for its connection."""
    cls = module.nodes.owner(function)
    if cls is None or not (function.name in _METHODS or parameter_names(function) == ["event"]):
        return False
    return inherits(module, cls, CONSUMERS)
