"""CW301: an attribute of a shared object that is written before an await and read after it."""

import ast
from collections.abc import Iterable, Iterator
from typing import ClassVar, final

from cellwall.check.class_lifetime import Lifetime, class_lifetime
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.function_shape import (
    end,
    position,
    waits,
)
from cellwall.check.gaps import ASYNC_BLOCK, before_name
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.kept_on_self import kept_on_self
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS, Function
from cellwall.check.own_nodes import own, own_nodes
from cellwall.check.pytest_facts import spelled
from cellwall.check.request_data import from_request
from cellwall.check.request_reach import Reach, request_reach
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.service_gates import MAY_OUTLIVE_REQUESTS
from cellwall.check.settings import CheckSettings


@final
class AttributeAcrossAwait:
    """An attribute of a shared object, written with a request's data before an await and read after it.

    What it does:
        Finds a coroutine that sets `self.name` (or a global name) to data of a request, waits, and then
        reads it again, itself or in a method that it calls. Only objects of which it is seen that they
        serve all requests count; objects that live for one request may keep what they like.

    Why it leaks:
        While the coroutine waits, another request runs the same lines on the same object. After the
        wait the attribute holds the other user's data.

    Example:
        class Notes:
            async def handle(self, request):
                self.user = request.user
                await self.load()
                return self.user

        notes = Notes()

    Use instead:
        class Notes:
            async def handle(self, request):
                user = request.user
                await self.load(user)
                return user

    Fix safety:
        Never repaired: every reader has to be given the value.
    """

    name: ClassVar[str] = "attribute-across-await"
    code: ClassVar[str] = "CW301"
    family: ClassVar[Family] = Family.ASYNC
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "class Page:\n    def __init__(self, request):\n        self.request = request\n\n"
            "    async def show(self, user):\n        self.user = user\n        await self.load()\n"
            "        return self.user\n",
            path="app/page.py",
        ),
        Example(
            "class Loader:\n    async def load(self, user):\n        self.loading = True\n"
            "        await fetch(user)\n        return self.loading\n\n\nloader = Loader()\n",
            path="app/loader.py",
        ),
        Example(
            "vectors = None\n\n\nasync def load(request):\n    global vectors\n"
            "    vectors = await embed(WORDS, request.headers)\n    return vectors\n",
            path="app/vectors.py",
        ),
        Example(
            "class App:\n    async def __call__(self, scope, receive, send):\n"
            "        self.served = Serving(scope, receive, send)\n        await self.served()\n",
            path="app/asgi.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "class Notes:\n    async def handle(self, request):\n        self.user = request.user\n"
            "        await self.load()\n        return self.user\n\n\nnotes = Notes()\n",
            path="app/notes.py",
        ),
        Example(
            "class App:\n    async def __call__(self, scope, receive, send):\n        self.scope = scope\n"
            "        await receive()\n        await self.answer(send)\n\n"
            "    async def answer(self, send):\n        await send(self.scope)\n",
            path="app/asgi.py",
        ),
        Example(
            "current = None\n\n\nasync def handle(request):\n    global current\n    current = request.user\n"
            "    await load()\n    return current\n",
            path="app/handle.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what stands where a coroutine waits."""
        return (
            IN_SERVICE
            & Gate.any_of(b"await", b"async")
            & Gate.any_of(b"await", *ASYNC_BLOCK)
            & Gate.any_of(*before_name(b"global"), *MAY_OUTLIVE_REQUESTS)
        )

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each such write, with the line of the wait in its message."""
        for function, target, value in kept_on_self(module):
            cls = module.nodes.owner(function)
            if cls is None or not isinstance(function, ast.AsyncFunctionDef):
                continue
            if class_lifetime(module, cls).lifetime is not Lifetime.SERVICE:
                continue
            if from_request(module, function, value):
                wait = _wait_before_read(module, function, target, spelled(target), cls)
                if wait and request_reach(module, function) is not Reach.NO:
                    yield finding(self, module, target, _message(spelled(target), wait))
        for function, name, value in _globals(module):
            if from_request(module, function, value):
                wait = _wait_before_read(module, function, name, name.id, None)
                if wait and request_reach(module, function) is not Reach.NO:
                    yield finding(self, module, name, _message(name.id, wait))


def _message(name: str, wait: int) -> str:
    return f"`{name}` is set to data of a request and read after the wait in line {wait}: others set it"


def _globals(module: ModuleFacts) -> Iterator[tuple[Function, ast.Name, ast.expr]]:
    for statement in module.of(ast.Global):
        function = module.function(statement)
        if isinstance(function, ast.AsyncFunctionDef):
            for assignment in own(module, function, ast.Assign):
                for target in assignment.targets:
                    if isinstance(target, ast.Name) and target.id in statement.names:
                        yield function, target, assignment.value


def _wait_before_read(
    module: ModuleFacts, function: Function, write: ast.expr, name: str, cls: ast.ClassDef | None
) -> int:
    """Give the line of the first wait between the write and a read of the same name, 0 without one."""
    written = end(module.nodes.statement(write) or write)  # what is awaited in the value comes before
    between = [wait for wait in waits(module, function) if position(wait) > written]
    if not between:
        return 0
    first = between[0]
    waited = end(first) if isinstance(first, ast.Await) else position(first)  # what it awaits is read before
    for node in own_nodes(module, function):
        if position(node) > waited and _reads(node, name):
            return position(first)[0]
    readers = (
        {
            f.name
            for f in cls.body
            if isinstance(f, FUNCTIONS) and f is not function and _is_reader(module, f, name)
        }
        if cls
        else set()
    )
    for node in own(module, function, ast.Call):
        if (
            isinstance(node.func, ast.Attribute)
            and node.func.attr in readers
            and position(node) > position(first)
        ):
            return position(first)[0]
    return 0


def _is_reader(module: ModuleFacts, function: Function, name: str) -> bool:
    return any(_reads(node, name) for node in own_nodes(module, function))


def _reads(node: ast.AST, name: str) -> bool:
    return (
        isinstance(node, (ast.Attribute, ast.Name))
        and isinstance(node.ctx, ast.Load)
        and spelled(node) == name
    )
