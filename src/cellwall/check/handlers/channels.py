"""Django Channels: the methods of a consumer that answer one connection."""

from typing import Final

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
    return cls is not None and function.name in _METHODS and inherits(module, cls, CONSUMERS)
