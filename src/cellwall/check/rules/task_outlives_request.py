"""CW306: a task or thread that is started in a request, goes on after it, and holds what belonged to it."""

import ast
import re
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.called_names import calls_named, calls_of
from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.function_shape import (
    parameter_names,
)
from cellwall.check.gaps import any_word, in_any_case
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.known_name import last_name
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS, Function, walk
from cellwall.check.own_nodes import own, own_nodes
from cellwall.check.pytest_facts import spelled
from cellwall.check.request_data import from_request
from cellwall.check.request_handlers import request_handlers
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.service_gates import handles_requests
from cellwall.check.settings import CheckSettings


@final
class TaskOutlivesRequest:
    """A task or thread that goes on after the request and holds what the request has given back.

    What it does:
        Finds `asyncio.create_task`, `ensure_future`, `Thread`, `Timer` and `background_tasks.add_task`
        in a request handler which are given the request's database session, connection or request, or
        a function that uses them, and which the handler does not wait for. `add_task` is only told
        (info): whether the session is closed before it depends on the framework's version.

    Why it leaks:
        When the handler returns, its session goes back to the pool and is given to the next request.
        The task goes on writing through it: into another user's transaction.

    Example:
        @app.post("/report")
        async def report(db: Session = Depends(get_db)):
            asyncio.create_task(build_report(db))

    Use instead:
        @app.post("/report")
        async def report(user_context=Depends(context)):
            asyncio.create_task(build_report(user_context))  # opens a session of its own

    Fix safety:
        Never repaired: the task has to open its own.
    """

    name: ClassVar[str] = "task-outlives-request"
    code: ClassVar[str] = "CW306"
    family: ClassVar[Family] = Family.ASYNC
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "import asyncio\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.post('/report')\n"
            "async def report(user_id: str):\n    asyncio.create_task(build(user_id))\n",
            path="app/main.py",
        ),
        Example(
            "import asyncio\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.post('/report')\n"
            "async def report(db):\n    task = asyncio.create_task(build(db))\n    return await task\n",
            path="app/main.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "import asyncio\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.post('/report')\n"
            "async def report(db):\n    asyncio.create_task(build(db))\n    return 'ok'\n",
            path="app/main.py",
        ),
        Example(
            "from threading import Thread\nfrom flask import Flask, request\n\napp = Flask(__name__)\n\n\n"
            "@app.route('/report')\ndef report():\n    Thread(target=build, args=(request,)).start()\n"
            "    return 'ok'\n",
            path="app/main.py",
        ),
        Example(
            "import asyncio\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.post('/report')\n"
            "async def report(db):\n    asyncio.get_running_loop().call_later(5, lambda: build(db))\n",
            path="app/main.py",
        ),
        Example(
            "from fastapi import FastAPI, BackgroundTasks\n\napp = FastAPI()\n\n\n@app.post('/report')\n"
            "async def report(background_tasks: BackgroundTasks, db):\n"
            "    background_tasks.add_task(build, db)\n",
            path="app/main.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the names of what starts a task or thread."""
        return (
            IN_SERVICE
            & Gate.any_of(*_STARTING, _SCHEDULER)
            & Gate.any_of(any_word(*_STARTING), _SCHEDULER)
            & handles_requests()
        )

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each task that is given what belongs to the request."""
        if module.is_test or never_in_service(module.path):
            return
        handed = [call for call in calls_named(module, _LATER) if _is_timer(call) or _is_background(call)]
        for call in (*handed, *calls_of(module, _STARTERS)):
            timed = _is_timer(call)
            function = module.function(call)
            if function is None or function not in request_handlers(module):
                continue
            held = _held(module, function, call)
            if held and any(_KEPT_OPEN.search(spelled(c.func)) for c in own(module, function, ast.Call)):
                continue
            if held and (timed or not _is_awaited(module, function, call)):
                message = (
                    f"this goes on after the request, with the request's `{held}`, which others get next"
                )
                severity = Severity.INFO if _is_background(call) else None
                yield finding(self, module, call, message, severity=severity)


_STARTERS: Final = (
    "asyncio.create_task",
    "asyncio.ensure_future",
    "threading.Thread",
    "threading.Timer",
    "loop.create_task",
)
_OF_LOOP: Final = ("call_later", "call_at", "call_soon")
_OF_SCHEDULER: Final = ("add_job", "enter", "enterabs")
_LATER: Final = (*_OF_LOOP, *_OF_SCHEDULER, "add_task")
_STARTING: Final = (
    b"create_task", b"ensure_future", b"Thread", b"Timer", b"add_task", *(name.encode() for name in _OF_LOOP)
)  # fmt: skip
_SCHEDULER: Final = in_any_case(b"sched")
_KEPT_OPEN: Final = deferred(r"keep_?open|detach|hand_?over", re.IGNORECASE)
_RESOURCES: Final = deferred(r"^(db|session|db_session|async_session|conn|connection|cursor|tx|transaction)$")


def _is_timer(call: ast.Call) -> bool:
    """Tell whether a call has something done later: by a timer of a thread, a loop, or a scheduler."""
    if not isinstance(call.func, ast.Attribute):
        return False
    if call.func.attr in _OF_LOOP:
        return "loop" in ast.unparse(call.func.value).lower()
    return call.func.attr in _OF_SCHEDULER and "sched" in spelled(call.func.value).lower()


def _is_background(call: ast.Call) -> bool:
    return (
        isinstance(call.func, ast.Attribute)
        and call.func.attr == "add_task"
        and "background" in spelled(call.func.value)
    )


def _held(module: ModuleFacts, function: Function, call: ast.Call) -> str:
    """Give the name of a resource of the request, handed over whole, among what the task is given."""
    given = set(parameter_names(function))
    inner = {f.name: f for f in walk(function) if isinstance(f, FUNCTIONS) and f is not function}
    for node in walk(call):
        if isinstance(node, ast.Name) and node.id in inner:
            used = _resource_of(inner[node.id], given)
            if used:
                return used
        if isinstance(node, ast.Lambda):
            used = _resource_of(node, given)
            if used:
                return used
        if not isinstance(node, ast.Name) or node is call.func:
            continue
        name = node.id if node.id in given else last_name(module, node)
        proxy = name == "request" and (
            node.id not in given or _is_timer(call)
        )  # Flask's: it means nothing in another thread
        if not _RESOURCES.match(name) and not proxy:
            continue
        parent = module.nodes.parent(node)
        whole = (
            isinstance(parent, (ast.Call, ast.keyword, ast.Tuple, ast.List))
            and getattr(parent, "func", None) is not node
        )
        local = node.id in given or (proxy and from_request(module, function, node))
        if whole and local:
            return name
    return ""


def _resource_of(inner: Function | ast.Lambda, given: set[str]) -> str:
    """Give the name of the handler's resource that a function in it uses, "" where it uses none."""
    bound = {argument.arg for argument in walk(inner) if isinstance(argument, ast.arg)}
    bound |= {n.id for n in walk(inner) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    free = {n.id for n in walk(inner) if isinstance(n, ast.Name)} & given - bound
    return next((name for name in sorted(free) if _RESOURCES.match(name)), "")


def _is_awaited(module: ModuleFacts, function: Function, call: ast.Call) -> bool:
    """Tell whether the handler waits for the task, or keeps it where it may be waited for or cancelled."""
    child: ast.AST = call
    parent = module.nodes.parent(call)
    while isinstance(
        parent, (ast.List, ast.Tuple, ast.Dict, ast.ListComp, ast.Starred, ast.Call, ast.keyword)
    ):
        child, parent = parent, module.nodes.parent(parent)
    if isinstance(parent, (ast.Await, ast.Return)) or isinstance(child, ast.ListComp):
        return True
    targets = parent.targets if isinstance(parent, ast.Assign) else []
    targets += [parent.target] if isinstance(parent, ast.AnnAssign) else []
    names = {node.id for target in targets for node in walk(target) if isinstance(node, ast.Name)}
    if not names:
        return False
    awaited = [node for node in own_nodes(module, function) if isinstance(node, (ast.Await, ast.Attribute))]
    for node in awaited:
        if isinstance(node, ast.Attribute) and node.attr not in ("join", "cancel"):
            continue
        if any(isinstance(part, ast.Name) and part.id in names for part in walk(node)):
            return True
    return False
