"""CW307: work for another thread that reads context variables which do not go there."""

import ast
from collections.abc import Iterable
from typing import ClassVar, final

from cellwall.check.context_variables import is_context_variable
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.own_nodes import own
from cellwall.check.pytest_facts import spelled
from cellwall.check.request_reach import never_in_service
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings


@final
class ExecutorDropsContext:
    """Work given to another thread that reads context variables, which do not go along.

    What it does:
        Finds `run_in_executor`, `executor.submit` and `Thread(target=...)` with a function of the same
        module that reads a `ContextVar` or a proxy of Flask. `asyncio.to_thread` carries the context
        and is no finding, nor is a `copy_context().run`.

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
        return Gate.any_of(b"run_in_executor", b".submit(", b"target=")

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each function that is handed over and reads the context."""
        if module.is_test or never_in_service(module.path):
            return
        functions = {f.name: f for f in module.nodes.functions()}
        for call in module.of(ast.Call):
            given = _handed_over(call)
            work = functions.get(given.id) if isinstance(given, ast.Name) else None
            if isinstance(given, ast.Attribute) and spelled(given.value) == "self":
                work = functions.get(given.attr)
            read = _reads_context(module, work) if work is not None else ""
            if read and given is not None:
                message = (
                    f"`{spelled(given)}` reads `{read}` in a thread that does not have this request's context"
                )
                yield finding(self, module, call, message)


def _handed_over(call: ast.Call) -> ast.expr | None:
    match call:
        case ast.Call(func=ast.Attribute(attr="run_in_executor"), args=[_, work, *_]):
            return work
        case ast.Call(func=ast.Attribute(attr="submit"), args=[work, *_]):
            return work
        case ast.Call(func=ast.Name(id="Thread") | ast.Attribute(attr="Thread")):
            return next((k.value for k in call.keywords if k.arg == "target"), None)
    return None


def _reads_context(module: ModuleFacts, function: Function) -> str:
    if any(n.attr in ("app_context", "copy_context") for n in own(module, function, ast.Attribute)):
        return ""
    sets = {spelled(n.value) for n in own(module, function, ast.Attribute) if n.attr == "set"}
    for call in own(module, function, ast.Call):
        if not isinstance(call.func, ast.Attribute) or call.func.attr != "get" or len(call.args) > 1:
            continue
        if spelled(call.func.value) not in sets and is_context_variable(module, call.func.value):
            return spelled(call.func.value)
    for name in own(module, function, ast.Name):
        if isinstance(name.ctx, ast.Load) and module.matches(
            name, ("flask.g", "flask.request", "flask_login.current_user")
        ):
            return name.id
    return ""
