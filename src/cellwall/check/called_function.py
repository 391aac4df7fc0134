"""Which function of the same module a call calls."""

import ast

from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function


def called_function(module: ModuleFacts, call: ast.Call) -> Function | None:
    """Give the function of this module that a call calls, by name or as a method of what the module makes."""
    origin = module.resolve(call.func)
    if origin is None or not origin.local or origin.made:
        return None
    return module.fact(functions_by_name).get(origin.dotted)


def functions_by_name(module: ModuleFacts) -> dict[str, Function]:
    """Give the functions of a module by their dotted names."""
    return {module.resolver.qualified(function): function for function in module.nodes.functions()}
