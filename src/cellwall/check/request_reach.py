"""Whether a request can reach a function: yes, no, or unknown. Calls are followed within one module."""

import ast
from enum import Enum, auto
from typing import Final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.file_kind import never_in_service
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS, Function
from cellwall.check.own_nodes import own
from cellwall.check.request_handlers import request_handlers


class Reach(Enum):
    """Whether a request can reach this."""

    YES = auto()
    NO = auto()
    UNKNOWN = auto()


_NEVER_NAMES: Final = deferred(
    r"^(main|lifespan|startup|shutdown|on_startup|on_shutdown|setup|teardown|configure|init_app|create_app|ready|"
    r"__init_subclass__|__set_name__|_?register.*|load_config.*|setup_.*|add_arguments|async_setup.*)$"
)


def request_reach(module: ModuleFacts, function: Function) -> Reach:
    """Tell whether a request can reach a function, as far as its module shows."""
    if module.is_test or never_in_service(module.path):
        return Reach.NO
    reached = module.fact(_reached)
    if function in reached or any(around in reached for around in module.nodes.ancestors(function)):
        return Reach.YES
    return Reach.NO if _NEVER_NAMES.match(function.name) else Reach.UNKNOWN


def _reached(module: ModuleFacts) -> frozenset[ast.AST]:
    """Give the handlers and what they call in their module, by name or as a method of the same class."""
    todo = list(request_handlers(module))
    found: set[ast.AST] = set(todo)
    plain = {f.name: f for f in module.nodes.functions() if module.nodes.owner(f) is None} if todo else {}
    while todo:
        function = todo.pop()
        for called in _called(module, function, plain):
            if called not in found:
                found.add(called)
                todo.append(called)
    return frozenset(found)


def _called(module: ModuleFacts, function: Function, plain: dict[str, Function]) -> list[Function]:
    cls = module.nodes.owner(function)
    methods = {f.name: f for f in cls.body if isinstance(f, FUNCTIONS)} if cls is not None else {}
    found: list[Function | None] = []
    for call in own(module, function, ast.Call):
        match call.func:
            case ast.Name(id=name):
                found.append(plain.get(name))
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name):
                found.append(methods.get(name))
    return [f for f in found if f is not None]
