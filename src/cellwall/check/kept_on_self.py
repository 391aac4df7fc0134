"""Assignments to attributes of `self` in methods, each with the method, the attribute and the value."""

import ast

from cellwall.check.function_shape import self_name
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function

Kept = tuple[Function, ast.Attribute, ast.expr]


def kept_on_self(module: ModuleFacts) -> list[Kept]:
    """Give every `self.name = value` of the module's methods, in source order."""
    return module.fact(_kept)


def _kept(module: ModuleFacts) -> list[Kept]:
    found: list[Kept] = []
    for assignment in module.of(ast.Assign):
        for target in assignment.targets:
            if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
                function = module.function(assignment)
                if function is not None and self_name(module, function) == target.value.id:
                    found.append((function, target, assignment.value))
    for annotated in module.of(ast.AnnAssign):
        target = annotated.target
        if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and annotated.value:
            function = module.function(annotated)
            if function is not None and self_name(module, function) == target.value.id:
                found.append((function, target, annotated.value))
    return found
