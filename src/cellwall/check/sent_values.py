"""Which expressions are a value that the client sent, by its own choice: body, query, form, path."""

import ast
from typing import Final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.function_shape import parameters
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function, walk
from cellwall.check.own_nodes import own
from cellwall.check.request_data import PROXIES
from cellwall.check.request_handlers import request_handlers
from cellwall.check.telling_names import names_request, snake

_PARTS: Final = frozenset(
    {
        "json",
        "form",
        "args",
        "values",
        "data",
        "POST",
        "GET",
        "query_params",
        "query",
        "path_params",
        "match_info",
        "view_args",
        "rel_url",
        "validated_data",
        "cleaned_data",
        "get_json",
        "post",
    }
)
_BEHIND: Final = frozenset({"celery", "langgraph"})  # their arguments come from the service itself
_SOMEBODY: Final = deferred(
    r"(^|_)(user|owner|tenant|account|customer|principal|member|person|actor|viewer)$"
)
_SUPPLIED: Final = frozenset({"Depends", "Security", "Provide", "Dependency", "Cookie", "Header"})


def sent_name(module: ModuleFacts, function: Function, value: ast.expr) -> str:
    """Give the name under which the client sent a value: `session_id` of `request.args["session_id"]`, or "".

    A field of a parameter of a handler counts (`body.user_id`), so does a variable that is such a value; a
    parameter that the framework supplies (`Depends`) does not.
    """
    value = _followed(module, function, value)
    match value:
        case ast.Name(id=name):
            return name if name in _chosen(module, function) and not _is_somebody(name) else ""
        case ast.Attribute(value=ast.Name(id=base), attr=name):
            return name if base in _chosen(module, function) and not _is_somebody(base) else ""
        case (
            ast.Subscript(value=whole, slice=ast.Constant(value=str(name)))
            | ast.Call(
                func=ast.Attribute(value=whole, attr="get" | "pop" | "getone"),
                args=[ast.Constant(value=str(name)), *_],
            )
        ):
            return name if is_sent_whole(module, function, whole) else ""
    return ""


def is_sent_whole(module: ModuleFacts, function: Function, whole: ast.expr) -> bool:
    """Tell whether an expression is the body, query or form of a request, or a handler's parameter for it."""
    whole = _followed(module, function, whole)
    if isinstance(whole, ast.Await):
        whole = whole.value
    if isinstance(whole, ast.Call):
        whole = whole.func
    match whole:
        case ast.Attribute(value=base, attr=part) if part in _PARTS:
            return _is_request(module, base) or part in ("validated_data", "cleaned_data")
        case ast.Name(id=name):
            return name in _chosen(module, function) and not names_request(name)
    return False


def _is_somebody(name: str) -> bool:
    """Tell whether a parameter is a request, or somebody whom the framework or a caller has found."""
    return names_request(name) or _SOMEBODY.search(snake(name)) is not None


def _is_request(module: ModuleFacts, base: ast.expr) -> bool:
    match base:
        case ast.Name(id=name):
            return names_request(name) or module.matches(base, PROXIES) is not None
        case ast.Attribute(attr=name):
            return names_request(name)
    return False


def _chosen(module: ModuleFacts, function: Function) -> frozenset[str]:
    """Give the parameters of a handler for which the client chooses the value."""
    if request_handlers(module).get(function, "celery") in _BEHIND:
        return frozenset()
    known = module.fact(_memo)
    if function not in known:
        places = [*function.args.posonlyargs, *function.args.args]
        defaults = dict(
            zip(places[len(places) - len(function.args.defaults) :], function.args.defaults, strict=True)
        )
        defaults |= {
            a: d for a, d in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True) if d
        }
        known[function] = frozenset(
            argument.arg
            for argument in parameters(function)
            if not any(_is_supplied(part) for part in (argument.annotation, defaults.get(argument)))
        )
    return known[function]


def _memo(_: ModuleFacts) -> dict[Function, frozenset[str]]:
    return {}


def _is_supplied(part: ast.expr | None) -> bool:
    """Tell whether an annotation or default says that the framework gives the value."""
    return part is not None and any(
        isinstance(node, (ast.Name, ast.Attribute))
        and (node.id if isinstance(node, ast.Name) else node.attr) in _SUPPLIED
        for node in walk(part)
    )


def _followed(module: ModuleFacts, function: Function, value: ast.expr) -> ast.expr:
    """Give what a variable that is bound once in a function stands for, the expression itself otherwise."""
    if not isinstance(value, ast.Name):
        return value
    found = [
        assignment.value
        for assignment in own(module, function, ast.Assign)
        if any(isinstance(target, ast.Name) and target.id == value.id for target in assignment.targets)
    ]
    return found[0] if len(found) == 1 else value
