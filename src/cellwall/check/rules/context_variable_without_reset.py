"""CW304: a generator that sets a context variable and does not set it back."""

import ast
from collections.abc import Iterable, Iterator
from typing import ClassVar, final

from cellwall.check.context_variables import is_context_variable
from cellwall.check.decorators import decorators
from cellwall.check.edit import Edit, Fix, Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.function_shape import (
    parameter_names,
    position,
    yields,
)
from cellwall.check.gaps import method_called
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.instances import inherits
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS, Function
from cellwall.check.own_nodes import own, own_nodes
from cellwall.check.pytest_facts import spelled
from cellwall.check.rule import BY_HAND, Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings


@final
class ContextVariableWithoutReset:
    """A generator, context manager or middleware that sets a context variable and does not set it back.

    What it does:
        Finds `variable.set(value)` whose token is thrown away in a generator, in `__enter__` and
        `__aenter__`, and in a dependency with `yield`, where nothing in it (or in the leaving half) resets
        the variable. A generator runs in the context of whoever reads from it. So too a middleware of
        Django or WSGI and a `before_request` of Flask, which run in threads that take one request after
        the other; where they set the variable in any case, the next request does so too: that is info.

    Why it leaks:
        The value stays when the generator is done or left half read. The next request on the same task
        or thread begins with the last user's identity.

    Example:
        @contextmanager
        def acting_as(user):
            current_user.set(user)
            yield

    Use instead:
        @contextmanager
        def acting_as(user):
            token = current_user.set(user)
            try:
                yield
            finally:
                current_user.reset(token)

    Fix safety:
        Safe in a function under `contextmanager` or `asynccontextmanager` where the `yield` directly
        follows and is the last statement. Others are listed.
    """

    name: ClassVar[str] = "context-variable-without-reset"
    code: ClassVar[str] = "CW304"
    family: ClassVar[Family] = Family.ASYNC
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = Safety.SAFE

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from contextvars import ContextVar\n\nuser = ContextVar('user')\n\n\ndef acting_as(value):\n"
            "    token = user.set(value)\n    try:\n        yield\n    finally:\n        user.reset(token)\n",
            path="app/users.py",
        ),
        Example(
            "from contextvars import ContextVar\n\nuser = ContextVar('user')\n\n\n"
            "async def set_user(value):\n"
            "    user.set(value)\n",
            path="app/users.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from contextlib import contextmanager\nfrom contextvars import ContextVar\n\n"
            "user = ContextVar('user')\n\n\n@contextmanager\ndef acting_as(value):\n    user.set(value)\n"
            "    yield\n",
            "from contextlib import contextmanager\nfrom contextvars import ContextVar\n\n"
            "user = ContextVar('user')\n\n\n@contextmanager\ndef acting_as(value):\n"
            "    token = user.set(value)\n    try:\n        yield\n    finally:\n        user.reset(token)\n",
            path="app/users.py",
        ),
        Example(
            "from contextvars import ContextVar\n\nuser = ContextVar('user', default=None)\n\n\n"
            "class CurrentUser:\n    def __init__(self, get_response):\n"
            "        self.get_response = get_response\n\n    def __call__(self, request):\n"
            "        if request.user.is_authenticated:\n            user.set(request.user)\n"
            "        return self.get_response(request)\n",
            path="app/middleware.py",
        ),
        Example(
            "from contextvars import ContextVar\n\n\n"
            "async def replay(stream, variables: list[ContextVar], values):\n"
            "    while True:\n        for variable in variables:\n"
            "            variable.set(values[variable.name])\n"
            "        yield await anext(stream)\n",
            path="app/streams.py",
        ),
        Example(
            "from contextvars import ContextVar\n\nuser = ContextVar('user')\n\n\nclass ActingAs:\n"
            "    def __enter__(self):\n        user.set(self.value)\n\n    def __exit__(self, *error):\n"
            "        self.value = None\n",
            path="app/users.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what sets one."""
        return (
            IN_SERVICE
            & Gate.any_of(
                b"yield",
                b"enter__",
                b"get_response",
                b"start_response",
                b"MiddlewareMixin",
                b"before_request",
                b"before_app_request",
            )
            & Gate.any_of(method_called(b"set"))
        )

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each variable that stays set."""
        if module.is_test or never_in_service(module.path):
            return
        for call in module.of(ast.Call):
            if not isinstance(call.func, ast.Attribute) or call.func.attr != "set" or len(call.args) != 1:
                continue
            function = module.function(call)
            if function is None or not isinstance(module.nodes.parent(call), ast.Expr):
                continue
            of_thread = _is_of_thread(module, function)
            if not (of_thread or _outlives(module, function)):
                continue
            if not is_context_variable(module, call.func.value):
                continue
            name = spelled(call.func.value)
            if _is_set_elsewhere(module, name) if of_thread else _is_set_back(module, function, call):
                continue
            message = f"`{name}` stays set: nothing resets it, the next request may begin with it"
            always = of_thread and not any(
                isinstance(around, (ast.If, ast.Try)) for around in _inside(module, call)
            )
            repair = _fix(module, function, call) or BY_HAND
            yield finding(self, module, call, message, repair, severity=Severity.INFO if always else None)


def _is_of_thread(module: ModuleFacts, function: Function) -> bool:
    """Tell whether a function runs before each request, in a thread that takes one after the other."""
    if not isinstance(function, ast.FunctionDef) or yields(module, function):
        return False
    if any(d.last in ("before_request", "before_app_request") for d in decorators(module, function)):
        return True
    cls = module.nodes.owner(function)
    if cls is None or function.name not in ("__call__", "process_request", "process_view"):
        return False
    inits = (f for f in cls.body if isinstance(f, FUNCTIONS) and f.name == "__init__")
    return (
        any("get_response" in parameter_names(init) for init in inits)
        or inherits(module, cls, ("MiddlewareMixin",))
        or "start_response" in parameter_names(function)
    )


def _is_set_elsewhere(module: ModuleFacts, name: str) -> bool:
    """Tell whether the module resets a variable, or sets it at another place too: when it has answered."""
    places = [node for node in module.of(ast.Attribute) if spelled(node.value) == name]
    return any(node.attr == "reset" for node in places) or sum(node.attr == "set" for node in places) > 1


def _inside(module: ModuleFacts, call: ast.Call) -> Iterator[ast.AST]:
    """Give what stands around a call in its function."""
    for around in module.nodes.ancestors(call):
        if isinstance(around, FUNCTIONS):
            return
        yield around


def _outlives(module: ModuleFacts, function: Function) -> bool:
    return function.name in ("__enter__", "__aenter__") or yields(module, function)


def _is_set_back(module: ModuleFacts, function: Function, call: ast.Call) -> bool:
    """Tell whether the variable is reset or set again after the yield, or in the leaving half."""
    assert isinstance(call.func, ast.Attribute)
    name = spelled(call.func.value)
    last_yield = max(
        (position(n) for n in own_nodes(module, function) if isinstance(n, (ast.Yield, ast.YieldFrom))),
        default=(0, 0),
    )
    places: list[ast.AST] = list(own_nodes(module, function))
    cls = module.nodes.owner(function)
    leaving = {"__enter__": "__exit__", "__aenter__": "__aexit__"}.get(function.name)
    for other in cls.body if cls is not None and leaving else ():
        if isinstance(other, FUNCTIONS) and other.name == leaving:
            places += own_nodes(module, other)
    if not leaving and position(call) > last_yield:
        return True  # this is the setting back
    for node in places:
        if isinstance(node, ast.Attribute) and node.attr == "reset":
            return True
        if node is call or not isinstance(node, ast.Call) or spelled(node.func) != f"{name}.set":
            continue
        if module.function(node) is not function or (not leaving and position(node) > last_yield):
            return True
    return False


def _fix(module: ModuleFacts, function: Function, call: ast.Call) -> Fix | None:
    """Keep the token, and put the yield that follows into a try whose end resets the variable."""
    if not any(d.last in ("contextmanager", "asynccontextmanager") for d in decorators(module, function)):
        return None
    statement = module.nodes.parent(call)
    if not isinstance(statement, ast.Expr):
        return None  # what else is made of the token is not known
    if len(function.body) < 2 or function.body[-2] is not statement or not module.editable:
        return None
    following = function.body[-1]
    if not isinstance(following, ast.Expr) or not isinstance(following.value, ast.Yield):
        return None
    taken = {node.id for node in own(module, function, ast.Name)} | set(parameter_names(function))
    start, _ = module.span(statement)
    first, last = module.span(following)
    line = module.lines.text(following.lineno)
    indent = line[: following.col_offset]
    text = module.source[first:last]
    if indent.strip() or b"\n" in text or "token" in taken or statement.lineno == following.lineno:
        return None
    step, newline = module.lines.step(function.lineno, following.lineno), module.lines.newline
    assert isinstance(call.func, ast.Attribute)
    name = module.text(call.func.value).encode()
    opening = b"try:" + newline + indent + step
    closing = newline + indent + b"finally:" + newline + indent + step + name + b".reset(token)"
    end = first - len(indent) + len(line.rstrip(b"\r\n"))
    edits = (Edit(start, start, b"token = "), Edit(first, first, opening), Edit(end, end, closing))
    return Fix(edits, Safety.SAFE)
