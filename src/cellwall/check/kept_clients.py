"""HTTP clients that an object or a module keeps for longer than one request."""

import ast
from typing import Final

from cellwall.check.bindings import Kind
from cellwall.check.deferred_pattern import deferred
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.origin import ends_with
from cellwall.check.pytest_facts import spelled

CLIENTS: Final = (
    "httpx.AsyncClient",
    "httpx.Client",
    "requests.Session",
    "requests.sessions.Session",
    "requests.session",
    "aiohttp.ClientSession",
    "aiohttp.client.ClientSession",
)
_NAMES: Final = deferred(r"(^|_)(client|http|http_client|http_session|httpx|async_client|requests_session)$")


def is_kept_client(module: ModuleFacts, function: Function, node: ast.expr) -> bool:
    """Tell whether an expression is a client that outlives the function: an attribute, or the module's."""
    if isinstance(node, ast.Name):
        found = module.resolver.binding_candidates(node.id, node)
        if found is None:
            return False
        scope, bindings = found
        if scope is module.tree:
            return _is_client(module, node)
        values = [b.value for b in bindings if b.kind is Kind.VALUE and b.value is not None]
        return any(isinstance(value, ast.Attribute) and _is_attribute(module, value) for value in values)
    return isinstance(node, ast.Attribute) and _is_attribute(module, node)


def _is_attribute(module: ModuleFacts, node: ast.Attribute) -> bool:
    """Tell whether an attribute of `self` holds a client, by what is assigned to it or by its name."""
    if spelled(node.value) not in ("self", "cls"):
        return False
    if module.resolve(node) is not None and _is_client(module, node):
        return True
    return _NAMES.search(node.attr) is not None and any(
        word in module.source for word in (b"httpx", b"aiohttp", b"requests")
    )


def _is_client(module: ModuleFacts, node: ast.expr) -> bool:
    origin = module.resolve(node)
    if origin is None or not origin.made:
        return False
    return any(ends_with(name, cls) for name in module.project.names(origin.dotted) for cls in CLIENTS)
