"""Which expressions are context variables: made by `ContextVar`, annotated so, or one of a list."""

import ast
from typing import Final

from cellwall.check.bindings import Kind
from cellwall.check.called_names import calls_of
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import walk
from cellwall.check.origin import ends_with

_CLASSES: Final = ("contextvars.ContextVar",)


def is_context_variable(module: ModuleFacts, node: ast.expr) -> bool:
    """Tell whether an expression is a context variable, as far as can be seen."""
    origin = module.resolve(node)
    if origin is not None:
        return origin.made and _is_class(module, origin.dotted)
    return isinstance(node, ast.Name) and _is_annotated(module, node)


def context_variable_calls(module: ModuleFacts) -> list[ast.Call]:
    """Give the calls that make a context variable."""
    return calls_of(module, _CLASSES)


def _is_class(module: ModuleFacts, dotted: str) -> bool:
    return any(ends_with(name, cls) for name in module.project.names(dotted) for cls in _CLASSES)


def _is_annotated(module: ModuleFacts, node: ast.Name) -> bool:
    """Tell whether a name's annotation, or that of the list it is taken from, names the class."""
    found = module.resolver.binding_candidates(node.id, node)
    for binding in found[1] if found is not None else ():
        annotation = binding.annotation
        if binding.kind is Kind.OTHER and isinstance(
            binding.node, (ast.For, ast.AsyncFor, ast.comprehension)
        ):
            source = binding.node.iter
            if isinstance(source, ast.Name):
                outer = module.resolver.binding_candidates(source.id, source)
                annotation = outer[1][0].annotation if outer is not None and outer[1] else None
        if annotation is not None and any(
            isinstance(part, (ast.Name, ast.Attribute)) and module.matches(part, _CLASSES) is not None
            for part in walk(annotation)
        ):
            return True
    return False
