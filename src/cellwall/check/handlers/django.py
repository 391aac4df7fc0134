"""Django: functions that take the request first, methods of class-based views, middleware."""

import ast
from typing import Final

from cellwall.check.function_shape import parameter_names, parameters
from cellwall.check.instances import base_names
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function

TOKENS: Final = (b"django", b"get_response")
_REQUESTS: Final = ("django.http.HttpRequest", "django.http.request.HttpRequest")
_METHODS: Final = frozenset(
    {
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "head",
        "dispatch",
        "get_queryset",
        "get_object",
        "get_context_data",
        "form_valid",
        "form_invalid",
        "get_form_kwargs",
        "get_initial",
        "get_success_url",
        "get_form",
        "test_func",
    }
)
_SERVING: Final = ("View", "ViewSet", "Admin", "Inline", "Middleware", "Mixin", "Backend")
_VIEWS: Final = ("View", "ViewMixin", "Permission", "PermissionRequired", "CreateOrUpdateView")


def handles(module: ModuleFacts, function: Function) -> bool:
    """Tell whether a function takes `request` first in a module that uses Django, or is a view's method."""
    cls = module.nodes.owner(function)
    if b"django" not in module.source:
        return cls is not None and function.name == "__call__" and _is_middleware(cls)
    takes_request = parameter_names(function)[:1] == ["request"] or _is_given_request(module, function)
    if cls is None or (takes_request and _serves(module, cls)):
        return takes_request
    return any(name.endswith(_VIEWS) for name in base_names(module, cls)) and (
        function.name in _METHODS or function.name.startswith("get_")
    )


def _is_given_request(module: ModuleFacts, function: Function) -> bool:
    """Tell whether the first parameter is annotated as Django's request."""
    first = next(iter(parameters(function)), None)
    annotation = first.annotation if first is not None else None
    return annotation is not None and module.matches(annotation, _REQUESTS) is not None


def _is_middleware(cls: ast.ClassDef) -> bool:
    """Tell whether Django makes this once and calls it with each request: `__init__(self, get_response)`."""
    return any(
        isinstance(node, ast.FunctionDef)
        and node.name == "__init__"
        and "get_response" in parameter_names(node)
        for node in cls.body
    )


def _serves(module: ModuleFacts, cls: ast.ClassDef) -> bool:
    """Tell whether a class is, by its name or a base's, one whose methods Django calls with the request."""
    names = [cls.name, *base_names(module, cls)]
    return any(name.endswith(_SERVING) for name in names) or any(
        isinstance(node, ast.FunctionDef) and node.name == "__call__" for node in cls.body
    )
