"""Decorators that a call applies, not an `@`: `kept = lru_cache(9)(menu)`, `kept = cache(menu)`."""

import ast

from cellwall.check.called_function import functions_by_name
from cellwall.check.decorators import Decorator, decorator_of
from cellwall.check.known_name import is_named
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function


def applied_by_call(module: ModuleFacts, names: tuple[str, ...]) -> dict[Function, list[Decorator]]:
    """Give the functions of a module that are handed to a decorator of one of these last names."""
    found: dict[Function, list[Decorator]] = {}
    by_name = module.fact(functions_by_name)
    for call in module.of(ast.Call):
        match call:
            case ast.Call(func=target, args=[ast.Name() | ast.Attribute() as given], keywords=[]):
                made = target if isinstance(target, ast.Call) else None
                target = made.func if made is not None else target
                origin = module.resolve(given) if is_named(module, target, names) else None
                function = by_name.get(origin.dotted) if origin is not None and not origin.made else None
                if function is not None:
                    found.setdefault(function, []).append(decorator_of(module, target, made))
    return found
