"""Which functions of a module answer requests, by which framework. The folder `handlers` says how to tell."""

import pkgutil
from functools import lru_cache
from importlib import import_module
from typing import Protocol, cast

import cellwall.check.handlers
from cellwall.check.gate import Clause, stands_in
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function


class Framework(Protocol):
    """What each file of `handlers` holds; one of TOKENS stands in every module that has its handlers."""

    TOKENS: Clause
    __name__: str

    def handles(self, module: ModuleFacts, function: Function) -> bool:
        """Tell whether a function answers requests."""
        ...


@lru_cache(maxsize=1)
def frameworks() -> tuple[Framework, ...]:
    """Give the frameworks that are known, by name."""
    names = sorted(info.name for info in pkgutil.iter_modules(cellwall.check.handlers.__path__))
    return tuple(cast(Framework, import_module(f"cellwall.check.handlers.{name}")) for name in names)


def request_handlers(module: ModuleFacts) -> dict[Function, str]:
    """Give the functions of a module that answer requests, each with the framework's name; none in tests."""
    return module.fact(_handlers)


def _handlers(module: ModuleFacts) -> dict[Function, str]:
    if module.is_test:
        return {}
    used = [f for f in frameworks() if any(stands_in(token, module.source) for token in f.TOKENS)]
    found: dict[Function, str] = {}
    for function in module.nodes.functions() if used else ():
        for framework in used:
            if framework.handles(module, function):
                found[function] = framework.__name__.rpartition(".")[2]
                break
    return found
