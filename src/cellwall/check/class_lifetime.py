"""How long the objects of a class live: as long as the service, one request, or it cannot be seen."""

import ast
from enum import Enum, auto
from typing import Final, NamedTuple

from cellwall.check.deferred_pattern import deferred
from cellwall.check.function_shape import parameter_names
from cellwall.check.instances import base_names
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS, Function, walk
from cellwall.check.own_nodes import own
from cellwall.check.pytest_facts import spelled
from cellwall.check.request_handlers import request_handlers
from cellwall.check.telling_names import tells_of_request


class Lifetime(Enum):
    """How long an object lives."""

    SERVICE = auto()
    REQUEST = auto()
    UNKNOWN = auto()


class ClassLifetime(NamedTuple):
    """How long the objects of a class live, and what says so, as words for a message."""

    lifetime: Lifetime
    because: str = ""


_SERVICE_BASES: Final = {
    "BaseHTTPMiddleware": "one middleware object serves all requests",
    "MiddlewareMixin": "one middleware object serves all requests",
    "ModelAdmin": "one admin object serves all requests",
    "AsyncNamespace": "one namespace object serves all connections",
    "celery.Task": "a worker keeps one object of a task for all its runs",
    "celery.app.task.Task": "a worker keeps one object of a task for all its runs",
    "litestar.Controller": "one controller object serves all requests",
    "litestar.controller.Controller": "one controller object serves all requests",
}
_REQUEST_BASES: Final = (
    "View",
    "ViewSet",
    "ViewMixin",
    "Consumer",
    "HTTPEndpoint",
    "WebSocketEndpoint",
    "RequestHandler",
    "Form",
    "Serializer",
    "FormMixin",
    "GenericAPIView",
    "Resource",
    "BaseModel",
    "TestCase",
    "Protocol",
    "Connection",
    "Inline",  # Django's admin makes those anew for each request
)
_SINGLETON_NAMES: Final = ("_instance", "__instance", "_instances", "instance", "_singleton")


def class_lifetime(module: ModuleFacts, cls: ast.ClassDef) -> ClassLifetime:
    """Tell how long the objects of a class live."""
    known = module.fact(_memo)
    if cls not in known:
        known[cls] = _lifetime(module, cls)
    return known[cls]


def _memo(_: ModuleFacts) -> dict[ast.ClassDef, ClassLifetime]:
    return {}


def _lifetime(module: ModuleFacts, cls: ast.ClassDef) -> ClassLifetime:
    methods = {f.name: f for f in cls.body if isinstance(f, FUNCTIONS)}
    bases = base_names(module, cls)
    if any(base.rpartition(".")[2].endswith(_REQUEST_BASES) for base in bases) or _is_given_request(methods):
        return ClassLifetime(Lifetime.REQUEST)
    for base in bases:
        for known, because in _SERVICE_BASES.items():
            if base == known or base.endswith("." + known):
                return ClassLifetime(Lifetime.SERVICE, because)
    if cls.name in module.fact(_made_in_requests):
        return ClassLifetime(Lifetime.REQUEST)
    because = _by_signature(methods)
    if because:
        return ClassLifetime(Lifetime.SERVICE, because)
    if _is_singleton(module, cls, methods):
        return ClassLifetime(Lifetime.SERVICE, f"`{cls.name}` is a singleton")
    kept = module.fact(_kept_by_module).get(cls.name)
    if kept is not None:
        return ClassLifetime(Lifetime.SERVICE, f"the module keeps one `{cls.name}` as `{kept}`")
    kept = module.fact(_kept_by_application).get(cls.name)
    if kept is not None:
        return ClassLifetime(Lifetime.SERVICE, f"the application keeps one `{cls.name}` as `{kept}`")
    return ClassLifetime(Lifetime.UNKNOWN)


def _is_given_request(methods: dict[str, Function]) -> bool:
    """Tell whether the constructor takes something of one request: then each request has its own."""
    init = methods.get("__init__")
    return init is not None and any(tells_of_request(name) for name in _given(init))


def _by_signature(methods: dict[str, Function]) -> str:
    """Recognise applications and middleware by how they are called, "" where they are none."""
    call = methods.get("__call__")
    names = _given(call) if call is not None else []
    if names[:3] == ["scope", "receive", "send"] and "as_asgi" not in methods:
        return "one ASGI application object serves all requests"
    if names[:2] == ["environ", "start_response"]:
        return "one WSGI application object serves all requests"
    init = methods.get("__init__")
    if names[:1] == ["request"] and init is not None and _given(init)[:1] == ["get_response"]:
        return "one middleware object serves all requests"
    return ""


def _given(method: Function) -> list[str]:
    """Give the names of a method's parameters without the object, whatever it is called there."""
    return [name for name in parameter_names(method) if name not in _first(method)]


def _first(method: Function) -> list[str]:
    return [argument.arg for argument in (*method.args.posonlyargs, *method.args.args)][:1]


def _is_singleton(module: ModuleFacts, cls: ast.ClassDef, methods: dict[str, Function]) -> bool:
    if any(keyword.arg == "metaclass" and "ingleton" in spelled(keyword.value) for keyword in cls.keywords):
        return True
    if any(
        "singleton" in spelled(d.func if isinstance(d, ast.Call) else d).lower() for d in cls.decorator_list
    ):
        return True
    if any("singleton" in base.rpartition(".")[2].lower() for base in base_names(module, cls)):
        return True
    for name in ("__new__", "get_instance", "getInstance", "instance", "shared"):
        method = methods.get(name)
        if method is not None and any(
            isinstance(node, ast.Attribute)
            and node.attr in _SINGLETON_NAMES
            and isinstance(node.ctx, ast.Store)
            and spelled(node.value) in (*_first(method), cls.name)
            for node in walk(method)
        ):
            return True
    return False


def _made_in_requests(module: ModuleFacts) -> frozenset[str]:
    """Give the names of classes of which a request handler of this module makes an object."""
    found: set[str] = set()
    for handler in request_handlers(module):
        found.update(spelled(call.func) for call in own(module, handler, ast.Call))
    return frozenset(found)


def _kept_by_module(module: ModuleFacts) -> dict[str, str]:
    """Give the classes of which the module makes an object on import, with the name that keeps it."""
    found: dict[str, str] = {}
    for statement in module.tree.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id=made)))
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Call(func=ast.Name(id=made)))
            ):
                found.setdefault(made, name)
    return found


def _kept_by_application(module: ModuleFacts) -> dict[str, str]:
    """Give the classes of which an object is put on an application's state, with where: `app.state.usage`."""
    found: dict[str, str] = {}
    for assignment in module.of(ast.Assign):
        match assignment:
            case ast.Assign(targets=[ast.Attribute() as target], value=ast.Call(func=ast.Name(id=made))):
                if _APPLICATION_STATE.match(spelled(target)):
                    found.setdefault(made, spelled(target))
    return found


_APPLICATION_STATE: Final = deferred(r"^(self\.)?_?(\w+_)?app(lication)?\.state\.\w+$")
