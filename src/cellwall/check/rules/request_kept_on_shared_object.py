"""CW204: an object that serves all requests keeps something of one of them on itself."""

import ast
from collections.abc import Iterable
from typing import ClassVar, final

from cellwall.check.class_lifetime import Lifetime, class_lifetime
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.first_caller import first_caller_only
from cellwall.check.function_shape import parameter_names
from cellwall.check.gaps import before_name
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.kept_on_self import kept_on_self
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function, walk
from cellwall.check.own_class import takes_class
from cellwall.check.pytest_facts import spelled
from cellwall.check.request_data import from_request, request_data, tells_user
from cellwall.check.request_handlers import request_handlers
from cellwall.check.request_reach import Reach, request_reach
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.service_gates import MAY_OUTLIVE_REQUESTS
from cellwall.check.settings import CheckSettings
from cellwall.check.telling_names import names_identity, names_request


@final
class RequestKeptOnSharedObject:
    """An object that serves all requests keeps something of one request on itself.

    What it does:
        Finds `self.name = ...` with data of a request, outside the constructor, in a class whose
        objects live as long as the service: ASGI and WSGI applications and middleware, Django's admin,
        socketio namespaces, Celery tasks, controllers, singletons, and classes of which the module
        keeps one object. Classes that get an object for each request (views, consumers, forms,
        handlers) are no findings, nor are classes of which that cannot be seen.

    Why it leaks:
        Two requests run on the same object. The second one overwrites what the first one kept, and the
        first one goes on with the second one's user, scope or connection.

    Example:
        class App:
            async def __call__(self, scope, receive, send):
                self.scope = scope
                await self.handle()

    Use instead:
        class App:
            async def __call__(self, scope, receive, send):
                await self.handle(scope)

    Fix safety:
        Never repaired: every reader of the attribute has to be given the value.
    """

    name: ClassVar[str] = "request-kept-on-shared-object"
    code: ClassVar[str] = "CW204"
    family: ClassVar[Family] = Family.STATE
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "class App:\n    def __init__(self, scope):\n        self.scope = scope\n\n"
            "    async def __call__(self, receive, send):\n        self.send = send\n",
            path="app/asgi.py",
        ),
        Example(
            "from django.views import View\n\n\nclass Page(View):\n    def get(self, request):\n"
            "        self.user = request.user\n",
            path="app/views.py",
        ),
        Example(
            "class App:\n    async def __call__(self, scope, receive, send):\n"
            "        if scope['type'] == 'lifespan':\n            self.life = Lifespan(scope)\n",
            path="app/asgi.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "class CurrentUser:\n    def __init__(self, get_response):\n"
            "        self.get_response = get_response\n\n    def __call__(self, request):\n"
            "        self.user = request.user\n        return self.get_response(request)\n",
            path="app/middleware.py",
        ),
        Example(
            "class App:\n    async def __call__(self, scope, receive, send):\n"
            "        self.scope = scope\n        await self.handle()\n",
            path="app/asgi.py",
        ),
        Example(
            "from django.contrib.admin import ModelAdmin\n\n\nclass NoteAdmin(ModelAdmin):\n"
            "    def get_queryset(self, request):\n        self.request = request\n"
            "        return super().get_queryset(request)\n",
            path="app/admin.py",
        ),
        Example(
            "class Current:\n    def login(self, user):\n        self.user = user\n\n\ncurrent = Current()\n",
            path="app/current.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the words of the classes that serve all requests, or of a class that the module keeps."""
        return IN_SERVICE & Gate.any_of(*before_name(b"class")) & Gate.any_of(*MAY_OUTLIVE_REQUESTS)

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each attribute that is set to a request's data on a shared object."""
        for function, target, value in kept_on_self(module):
            cls = module.nodes.owner(function)
            assert cls is not None
            if takes_class(function):
                continue  # an attribute of the class: other rules ask about those
            life = class_lifetime(module, cls)
            if life.lifetime is not Lifetime.SERVICE or _is_reserved(function):
                continue
            if request_reach(module, function) is Reach.NO or not from_request(module, function, value):
                continue
            statement = module.nodes.statement(target)
            lazy = statement is not None and first_caller_only(module, statement, spelled(target))
            if lazy and not tells_user(module, function, value):
                continue
            if _is_configuration(function) or not _is_of_one_request(module, function, target, value):
                continue
            if _is_for_test_client(module, target) or _is_of_lifespan(module, target):
                continue
            message = f"`{spelled(target)}` keeps something of one request: {life.because}"
            yield finding(self, module, target, message)


def _is_configuration(function: Function) -> bool:
    """Tell whether a method sets a property of the object, as whoever makes it would."""
    return function.name.startswith(("set_", "_set_")) or any(
        spelled(decorator).endswith(".setter") for decorator in function.decorator_list
    )


def _is_for_test_client(module: ModuleFacts, target: ast.Attribute) -> bool:
    """Tell whether only a test client can ask for it: with the key of the scope that keeps a context."""
    return any(
        _asks_to_preserve(around.test) and any(node is target for part in around.body for node in walk(part))
        for around in module.nodes.ancestors(target)
        if isinstance(around, ast.If)
    )


def _is_of_lifespan(module: ModuleFacts, target: ast.Attribute) -> bool:
    """Tell whether it is set while the application starts or ends, which no user asks for."""
    inside = {target, *module.nodes.ancestors(target)}
    return any(
        isinstance(node, ast.Constant) and node.value == "lifespan"
        for around in inside
        if isinstance(around, ast.If) and not inside.isdisjoint(around.body)
        for node in walk(around.test)
    )


def _asks_to_preserve(test: ast.expr) -> bool:
    return isinstance(test, ast.Call) and any(
        isinstance(key, ast.Constant) and str(key.value).endswith("_preserve_context") for key in test.args
    )


def _is_of_one_request(
    module: ModuleFacts, function: Function, target: ast.Attribute, value: ast.expr
) -> bool:
    """Tell whether a value replaces the last request's; one that adds to what is there keeps them apart."""
    itself = spelled(target)
    if any(isinstance(node, ast.Attribute) and spelled(node) == itself for node in walk(value)):
        return False
    if function in request_handlers(module):
        return True
    given = {name for name in parameter_names(function) if names_request(name) or names_identity(name)}
    return bool(given & request_data(module, function).names) and any(
        isinstance(node, ast.Name) and node.id in request_data(module, function).names for node in walk(value)
    )


def _is_reserved(function: Function) -> bool:
    return function.name in ("__init__", "__new__", "__post_init__", "init_app", "setUp", "__set_name__")
