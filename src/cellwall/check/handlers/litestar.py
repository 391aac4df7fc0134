"""Litestar: functions and controller methods under one of its route decorators."""

from typing import Final

from cellwall.check.decorators import decorators
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function

TOKENS: Final = (b"litestar",)
_ROUTES: Final = tuple(
    f"litestar{module}.{verb}"
    for module in ("", ".handlers")
    for verb in ("get", "post", "put", "patch", "delete", "head", "route", "websocket", "websocket_listener")
)


def handles(module: ModuleFacts, function: Function) -> bool:
    """Tell whether one of Litestar's route decorators stands above a function."""
    return any(decorator.is_one_of(_ROUTES) for decorator in decorators(module, function))
