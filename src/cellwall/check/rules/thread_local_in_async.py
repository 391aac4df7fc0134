"""CW303: state in a threading.local that tasks of one thread share."""

import ast
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.called_names import calls_of
from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS, walk
from cellwall.check.pytest_facts import spelled
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings
from cellwall.check.telling_names import (
    tells_of_request,
)


@final
class ThreadLocalInAsync:
    """State in a `threading.local`, which all tasks of one thread share.

    What it does:
        Finds a `threading.local()` that coroutines of its module use. One that holds a user or a request,
        or keeps a stack of what is entered and left again (`push`/`pop`, `enter`/`exit`), is only told
        (info): whether coroutines get there is unknown.

    Why it leaks:
        An event loop runs all requests on one thread, so a thread-local is a global there. One task
        enters its user, another one adds to it or leaves it.

    Example:
        _local = threading.local()

        async def handle(request):
            _local.user = request.user
            await load()
            return _local.user

    Use instead:
        _user: ContextVar[User] = ContextVar("user")

        async def handle(request):
            token = _user.set(request.user)
            try:
                await load()
                return _user.get()
            finally:
                _user.reset(token)

    Fix safety:
        Never repaired: a ContextVar is set and reset, where a thread-local is only written.
    """

    name: ClassVar[str] = "thread-local-in-async"
    code: ClassVar[str] = "CW303"
    family: ClassVar[Family] = Family.ASYNC
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "import threading\n\n_local = threading.local()\n\n\ndef buffer():\n"
            "    if not hasattr(_local, 'buffer'):\n        _local.buffer = bytearray(10)\n"
            "    return _local.buffer\n",
            path="app/buffers.py",
        ),
        Example(
            "from contextvars import ContextVar\n\n_user = ContextVar('user')\n\n\n"
            "async def handle(request):\n"
            "    return _user.get()\n",
            path="app/users.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "import threading\n\n_local = threading.local()\n\n\nasync def handle(request):\n"
            "    _local.user = request.user\n    await load()\n    return _local.user\n",
            path="app/users.py",
        ),
        Example(
            "from threading import local\n\n\nclass Stack(local):\n    def __init__(self):\n"
            "        self.items = []\n\n    def enter(self, item):\n        self.items.append(item)\n\n"
            "    def exit(self):\n        self.items.pop()\n\n\nstack = Stack()\n",
            path="app/stack.py",
        ),
        Example(
            "import threading\n\n_state = threading.local()\n\n\ndef set_user(user):\n"
            "    _state.user = user\n",
            path="app/users.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the class's name."""
        return IN_SERVICE & Gate.any_of(b"local") & Gate.any_of(_LOCAL)

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each thread-local that tasks may share."""
        if module.is_test or never_in_service(module.path):
            return
        for cls in module.of(ast.ClassDef):
            if any(module.matches(base, _LOCALS) for base in cls.bases):
                how = _class_use(module, cls)
                if how:
                    yield finding(
                        self, module, cls.bases[0], _message(cls.name, how), severity=_severity(module, how)
                    )
        for call in calls_of(module, _LOCALS):
            name = _kept_as(module, call)
            how = _use(module, name) if name else ""
            if how:
                yield finding(self, module, call, _message(name, how), severity=_severity(module, how))


# The class is called, inherited from, imported, or given another name: a blank alone goes before neither.
_ENDS: Final = rb"[(),\]}#;\\\r\n\f]|\Z"
_LOCAL: Final = deferred(
    rb"local(?<![A-Za-z0-9]local)(?:" + _ENDS + rb"|[ \t]++(?:" + _ENDS + rb"|(?:as|if|or|and|else)\b))"
)
_LOCALS: Final = ("threading.local", "_thread._local")
_BY_TASKS: Final = "coroutines here use it"
_STACK: Final = "it keeps a stack of what is entered and left"
_OF_USER: Final = "it holds who or what a request is about"


def _severity(module: ModuleFacts, how: str) -> Severity | None:
    return None if how == _BY_TASKS else Severity.INFO


def _message(name: str, how: str) -> str:
    return f"all tasks of a thread share the thread-local `{name}`, and {how}"


def _kept_as(module: ModuleFacts, call: ast.Call) -> str:
    statement = module.nodes.statement(call)
    match statement:
        case ast.Assign(targets=[ast.Name() | ast.Attribute() as target], value=value) if value is call:
            return spelled(target)
        case ast.AnnAssign(target=ast.Name() | ast.Attribute() as target, value=value) if value is call:
            return spelled(target)
    return ""


def _use(module: ModuleFacts, name: str) -> str:
    """Say how a thread-local is used, "" where tasks do no harm to each other."""
    last = name.rpartition(".")[2]
    found = ""
    for node in module.of(ast.Attribute):
        if spelled(node.value).rpartition(".")[2] != last:
            continue
        function = module.function(node)
        if isinstance(function, ast.AsyncFunctionDef):
            return _BY_TASKS
        if not isinstance(node.ctx, ast.Load) and (
            tells_of_request(node.attr) or _IS_STACK.search(node.attr)
        ):
            found = _OF_USER
    return found


def _class_use(module: ModuleFacts, cls: ast.ClassDef) -> str:
    methods = {f.name for f in cls.body if isinstance(f, FUNCTIONS)}
    stores = any(isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store) for n in walk(cls))
    if stores and any(isinstance(f, ast.AsyncFunctionDef) for f in cls.body):
        return _BY_TASKS
    pushes = pops = False
    for node in walk(cls):
        if isinstance(node, ast.Attribute) and spelled(node.value).startswith("self."):
            pushes = pushes or node.attr in ("append", "push")
            pops = pops or node.attr == "pop"
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and tells_of_request(node.attr)
        ):
            return _OF_USER
    return _STACK if pushes and pops and len(methods) > 1 else ""


_IS_STACK: Final = deferred(r"^_?current_(user|request|tenant|session|context)|_stack$")
