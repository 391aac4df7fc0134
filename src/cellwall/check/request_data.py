"""What of a function belongs to one request: its parameters, proxies, and what is made of them.

Two questions, because rules differ in what they ask: whether a value comes from a request at all,
and whether it tells of its user.
"""

import ast
from collections.abc import Callable
from typing import Final, NamedTuple

from cellwall.check.function_shape import parameters
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function, walk
from cellwall.check.own_nodes import own_nodes
from cellwall.check.request_handlers import request_handlers
from cellwall.check.telling_names import (
    names_credential,
    names_identity,
    names_request,
    tells_of_request,
)

PROXIES: Final = (
    "flask.request",
    "flask.session",
    "flask.g",
    "flask_login.current_user",
    "flask_security.current_user",
    "quart.request",
    "quart.session",
    "quart.g",
    "quart.websocket",
)
_USERS: Final = (
    "get_current_user",
    "get_user_id",
    "current_user",
    "flask_jwt_extended.get_jwt_identity",
    "flask_login.current_user",
)
_CONTEXTS: Final = ("UserExecutionContext", "cellwall.runtime.web.fastapi.UserContext")
_INJECTED: Final = frozenset({"db", "session", "settings", "config", "background_tasks", "logger", "cache"})


class RequestData(NamedTuple):
    """The names of one function that hold something of a request, and those that tell of its user."""

    names: frozenset[str]
    users: frozenset[str]


def request_data(module: ModuleFacts, function: Function) -> RequestData:
    """Give the names of a function that hold data of one request, parameters and what is made of them."""
    known = module.fact(_memo)
    if function not in known:
        known[function] = _request_data(module, function)
    return known[function]


def from_request(module: ModuleFacts, function: Function, value: ast.AST) -> bool:
    """Tell whether a value comes, at least in part, from a request."""
    names = request_data(module, function).names
    return any(_is_request(module, node, names) for node in walk(value))


def is_kept_apart(module: ModuleFacts, function: Function, target: ast.expr) -> bool:
    """Tell whether what is written to is an item under a key of the request's own."""
    return isinstance(target, ast.Subscript) and from_request(module, function, target.slice)


def tells_user(module: ModuleFacts, function: Function, value: ast.AST) -> bool:
    """Tell whether a value tells of the user of a request, or is made of what does."""
    users = request_data(module, function).users
    return any(_is_user(module, node, users) for node in walk(value))


def told_by(module: ModuleFacts, function: Function, value: ast.AST) -> frozenset[str]:
    """Give the names in a value, or the texts of its parts, that tell of the user of a request."""
    users = request_data(module, function).users
    return frozenset(
        node.id if isinstance(node, ast.Name) else ast.unparse(node)
        for node in walk(value)
        if _is_user(module, node, users)
    )


def knows_user(module: ModuleFacts, function: Function) -> bool:
    """Tell whether the user of the request is at hand anywhere in a function."""
    if request_data(module, function).users:
        return True
    return any(_is_user(module, node, frozenset()) for node in own_nodes(module, function))


def _memo(_: ModuleFacts) -> dict[Function, RequestData]:
    return {}


def _request_data(module: ModuleFacts, function: Function) -> RequestData:
    handler = function in request_handlers(module)
    given = [argument.arg for argument in parameters(function)]
    contexts = _contexts(module, function)
    names = contexts | {n for n in given if (handler and n not in _INJECTED) or tells_of_request(n)}
    users = contexts | {n for n in given if names_identity(n) or names_credential(n)}
    _spread(module, function, names, _is_request)
    _spread(module, function, users, _is_user)
    return RequestData(frozenset(names), frozenset(users))


def _contexts(module: ModuleFacts, function: Function) -> set[str]:
    """Give the parameters that are a user's context by their annotation, whatever they are called."""
    if not module.fact(_spells_context):
        return set()
    found = set()
    for argument in parameters(function):
        origin = module.resolver.annotated(argument.annotation)
        if origin is not None and origin.dotted.endswith(_CONTEXTS):
            found.add(argument.arg)
    return found


def _spells_context(module: ModuleFacts) -> bool:
    return any(name.rpartition(".")[2].encode() in module.source for name in _CONTEXTS)


def _spread(
    module: ModuleFacts,
    function: Function,
    names: set[str],
    is_one: Callable[[ModuleFacts, ast.AST, frozenset[str]], bool],
) -> None:
    """Add the variables that are made of what is known, until nothing is added."""
    bindings = [pair for node in own_nodes(module, function) for pair in _bound(node)]
    for _ in range(4):
        before = len(names)
        known = frozenset(names)
        for value, bound in bindings:
            if not names.issuperset(bound) and any(is_one(module, n, known) for n in walk(value)):
                names |= bound
        if len(names) == before:
            return


def _bound(node: ast.AST) -> list[tuple[ast.expr, frozenset[str]]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            return [(value, _names(targets))]
        case (
            ast.AnnAssign(target=target, value=ast.expr() as value)
            | ast.NamedExpr(target=target, value=value)
        ):
            return [(value, _names([target]))]
        case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
            return [(value, _names([target]))]
        case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
            return [(value, _names([target]))]
    return []


def _names(targets: list[ast.expr]) -> frozenset[str]:
    return frozenset(
        node.id for t in targets for node in walk(t) if isinstance(node, ast.Name) and _binds(node)
    )


def _binds(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _is_request(module: ModuleFacts, node: ast.AST, names: frozenset[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in names or _is_proxy(module, node)
    return isinstance(node, ast.Attribute) and node.attr == "request" and _is_self(node.value)


def _is_user(module: ModuleFacts, node: ast.AST, users: frozenset[str]) -> bool:
    match node:
        case ast.Name(id=name):
            return name in users or (name == "current_user" and _is_proxy(module, node))
        case ast.Attribute(attr="user" | "user_id" | "current_user" | "auth", value=value):
            return _is_request_like(module, value)
        case ast.Subscript(slice=ast.Constant(value=str(key)), value=value):
            return names_identity(key) and _is_request_like(module, value)
        case ast.Call(func=func):
            return module.matches(func, _USERS) is not None
    return False


def _is_request_like(module: ModuleFacts, node: ast.expr) -> bool:
    match node:
        case ast.Name(id=name):
            return names_request(name) or _is_proxy(module, node) or name in ("info", "g", "session")
        case ast.Attribute(attr=name):
            return names_request(name) or name in ("state", "context", "session")
    return False


def _is_proxy(module: ModuleFacts, node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Load) and module.matches(node, PROXIES) is not None


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("self", "cls")
