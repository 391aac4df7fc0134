"""CW307: work for another thread that reads context variables which do not go there."""

import ast
from collections.abc import Collection, Iterable
from typing import ClassVar, Final, final

from cellwall.check.context_variables import is_context_variable
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.gaps import followed_by
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function, walk
from cellwall.check.own_nodes import own, own_nodes
from cellwall.check.pytest_facts import spelled
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings


@final
class ExecutorDropsContext:
    """Work given to another thread that reads context variables, which do not go along.

    What it does:
        Finds `run_in_executor`, `executor.submit`, `Thread` and `Timer` with a lambda or a function of the
        same module, bound to arguments or not, that reads a `ContextVar` or a proxy of Flask.
        `asyncio.to_thread` carries the context and is no finding, nor is a `copy_context().run`.

    Why it leaks:
        A pool's thread keeps the context it was started with: the work sees no user at all, or the one
        for whom the thread was first used.

    Example:
        def load():
            return notes_of(current_user.get())

        async def handle():
            return await loop.run_in_executor(None, load)

    Use instead:
        async def handle():
            return await asyncio.to_thread(load)

    Fix safety:
        Never repaired: the executor may be chosen on purpose.
    """

    name: ClassVar[str] = "executor-drops-context"
    code: ClassVar[str] = "CW307"
    family: ClassVar[Family] = Family.ASYNC
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "import asyncio\nfrom contextvars import ContextVar\n\nuser = ContextVar('user')\n\n\n"
            "def load():\n"
            "    return user.get()\n\n\nasync def handle():\n    return await asyncio.to_thread(load)\n",
            path="app/load.py",
        ),
        Example(
            "def load():\n    return 1\n\n\nasync def handle(loop):\n"
            "    return await loop.run_in_executor(None, load)\n",
            path="app/load.py",
        ),
        Example(
            "import threading\nfrom flask import g\n\n\ndef start(app, environ):\n    def warm():\n"
            "        with app.request_context(environ):\n            g.recording = True\n"
            "            app.full_dispatch_request()\n            report(g)\n\n"
            "    threading.Thread(target=warm).start()\n",
            path="app/warm.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from contextvars import ContextVar\n\nuser = ContextVar('user')\n\n\ndef load():\n"
            "    return user.get()\n\n\nasync def handle(loop):\n"
            "    return await loop.run_in_executor(None, load)\n",
            path="app/load.py",
        ),
        Example(
            "from flask import g\n\n\ndef load():\n    return g.user\n\n\ndef handle(pool):\n"
            "    return pool.submit(load).result()\n",
            path="app/load.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the names of what hands work to a thread."""
        return IN_SERVICE & Gate.any_of(*_HANDS_OVER)

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each function that is handed over and reads the context."""
        if module.is_test or never_in_service(module.path):
            return
        functions = {f.name: f for f in module.nodes.functions()}
        for call in module.of(ast.Call):
            given = _handed_over(call)
            work = _work(given, functions) if given is not None else None
            read = _reads_context(module, work) if work is not None else ""
            if isinstance(given, ast.Lambda):
                read = read or _read_by(module, given)
            if read and given is not None:
                what = work.name if work is not None else "this lambda"
                message = f"`{what}` reads `{read}` in a thread that does not have this request's context"
                yield finding(self, module, call, message)


_HANDS_OVER: Final = tuple(
    followed_by(name, rb"\(") for name in (b"run_in_executor", b"submit", b"Thread", b"Timer")
)


def _handed_over(call: ast.Call) -> ast.expr | None:
    """Give what a call hands to another thread, None for any other call."""
    match call:
        case ast.Call(func=ast.Attribute(attr="run_in_executor"), args=[_, work, *_]):
            return work
        case ast.Call(func=ast.Attribute(attr="submit"), args=[work, *_]):
            return work
        case ast.Call(func=ast.Name(id="Timer") | ast.Attribute(attr="Timer"), args=[_, work, *_]):
            return work
        case ast.Call(func=ast.Name(id="Thread" | "Timer") | ast.Attribute(attr="Thread" | "Timer")):
            return next((k.value for k in call.keywords if k.arg in ("target", "function")), None)
    return None


def _work(given: ast.expr, functions: dict[str, Function]) -> Function | None:
    """Give the function that runs in the thread: named, bound to arguments, or called by a lambda."""
    match given:
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="self"), attr=name):
            return functions.get(name)
        case ast.Call(func=ast.Name(id="partial") | ast.Attribute(attr="partial"), args=[bound, *_]):
            return _work(bound, functions)
        case ast.Lambda(body=ast.Call(func=called)):
            return _work(called, functions)
    return None


def _reads_context(module: ModuleFacts, function: Function) -> str:
    if any(n.attr in _OWN_CONTEXT for n in own(module, function, ast.Attribute)):
        return ""
    sets = {spelled(n.value) for n in own(module, function, ast.Attribute) if n.attr == "set"}
    return _read_by(module, function, sets)


def _read_by(module: ModuleFacts, code: Function | ast.Lambda, sets: Collection[str] = ()) -> str:
    """Give the context variable or the proxy that code reads and does not set itself, "" for none."""
    nodes = own_nodes(module, code) if not isinstance(code, ast.Lambda) else walk(code)
    for node in nodes:
        match node:
            case ast.Call(func=ast.Attribute(attr="get", value=read), args=[] | [_]):
                if spelled(read) not in sets and is_context_variable(module, read):
                    return spelled(read)
            case ast.Name(ctx=ast.Load(), id=name) if module.matches(node, _PROXIES):
                return name
    return ""


_OWN_CONTEXT: Final = ("app_context", "copy_context", "request_context", "test_request_context")
_PROXIES: Final = ("flask.g", "flask.request", "flask_login.current_user")
