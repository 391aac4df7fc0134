"""Which functions a module hands to a framework by a call: `app.add_url_rule("/", view_func=view)`."""

import ast
from collections.abc import Iterator, Mapping

from cellwall.check.called_names import calls_named
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function


def registered(module: ModuleFacts, methods: Mapping[str, int | str]) -> frozenset[str]:
    """Give the names of functions, and of methods, that calls of these methods are given.

    `methods` says for each method's name where the function stands: its position, or its keyword; a call that
    has it by a position may also give it by any keyword.
    """
    found: set[str] = set()
    for call in calls_named(module, methods):
        if isinstance(call.func, ast.Attribute):
            found.update(_names(_given(call, methods[call.func.attr])))
    return frozenset(found)


def is_registered(function: Function, names: frozenset[str], module: ModuleFacts) -> bool:
    """Tell whether a function of the module, or a method, goes by one of these names; none inside another."""
    return function.name in names and not any(
        isinstance(around, ast.FunctionDef | ast.AsyncFunctionDef)
        for around in module.nodes.ancestors(function)
    )


def _given(call: ast.Call, place: int | str) -> list[ast.expr]:
    keywords = [k.value for k in call.keywords if isinstance(place, int) or k.arg == place]
    return [*(call.args[place : place + 1] if isinstance(place, int) else ()), *keywords]


def _names(given: list[ast.expr]) -> Iterator[str]:
    for node in given:
        match node:
            case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="self"), attr=name):
                yield name
