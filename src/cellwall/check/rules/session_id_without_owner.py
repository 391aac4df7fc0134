"""CW601: a session, task or connection found by an id from the request, whoever sends it."""

import ast
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.closer_look import InOnePass
from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.function_shape import (
    parameter_names,
)
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function, walk
from cellwall.check.own_nodes import own, own_nodes
from cellwall.check.pytest_facts import spelled
from cellwall.check.request_data import from_request
from cellwall.check.request_handlers import request_handlers
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.sent_values import sent_name
from cellwall.check.service_gates import handles_requests
from cellwall.check.settings import CheckSettings
from cellwall.check.shared_names import (
    is_of_module,
    module_containers,
)


@final
class SessionIdWithoutOwner:
    """A session, task or connection found by an id from the request, whoever sends it.

    What it does:
        Finds `self.sessions[session_id]` and `self.sessions.get(session_id)` (and the same on a
        dictionary of the module) in a request handler, where the id comes from a header, a query or
        path parameter or a message, the name says that it is the id of a session, task, connection,
        job, stream or conversation, and the function never compares the object's owner with who asks.

    Why it leaks:
        The id alone opens it. Ids stand in logs, links and proxies; whoever has one reads and steers
        another user's session with a credential of their own.

    Example:
        async def handle_request(self, scope, receive, send):
            session_id = Request(scope).headers.get("session-id")
            transport = self.transports[session_id]
            await transport.handle(scope, receive, send)

    Use instead:
            if self.owners.get(session_id) != scope["user"].id:
                raise HTTPException(404)

    Fix safety:
        Never repaired: the owner has to be kept when the session is made.
    """

    name: ClassVar[str] = "session-id-without-owner"
    code: ClassVar[str] = "CW601"
    family: ClassVar[Family] = Family.SOCKETS
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "class Manager:\n    async def handle(self, scope, receive, send):\n"
            "        session_id = read(scope).headers.get('session-id')\n"
            "        if self.owners.get(session_id) != scope['user']:\n            return\n"
            "        await self.sessions[session_id].handle(scope)\n",
            path="app/manager.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from starlette.requests import Request\n\n\nclass Manager:\n"
            "    async def handle(self, scope, receive, send):\n        request = Request(scope, receive)\n"
            "        session_id = request.headers.get('session-id')\n"
            "        if session_id in self.sessions:\n"
            "            await self.sessions[session_id].handle(scope)\n",
            path="app/manager.py",
        ),
        Example(
            "from fastapi import FastAPI\n\napp = FastAPI()\ntasks = {}\n\n\n@app.get('/tasks/{task_id}')\n"
            "async def result(task_id: str):\n    task = tasks.get(task_id)\n    return task.result()\n",
            path="app/main.py",
        ),
        Example(
            "from flask import Flask, request\n\napp = Flask(__name__)\njobs = {}\n\n\n@app.get('/job')\n"
            "def job():\n    return jobs[request.args['job_id']].result\n",
            path="app/main.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the words of what is found by an id."""
        kinds = Gate.any_of(*(kind.encode() for kind in _KINDS.split("|")))
        return IN_SERVICE & kinds & Gate.any_of(InOnePass(_SPELLED_ID)) & handles_requests()

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each object that its id alone opens, the first place in each function."""
        if module.is_test or never_in_service(module.path):
            return
        done: set[Function] = set()
        for node in (*module.of(ast.Subscript), *module.of(ast.Call)):
            found = _looked_up(node)
            if found is None:
                continue
            function = module.function(node)
            if function is None or function in done or not _is_shared(module, found[0]):
                continue
            if function not in request_handlers(module) or not _is_sent(module, function, found[1]):
                continue
            key = found[1].id if isinstance(found[1], ast.Name) else sent_name(module, function, found[1])
            if not _minds_owner(module, function):
                done.add(function)
                message = f"`{key}` alone opens what is kept in `{spelled(found[0])}`, whoever sends it"
                yield finding(self, module, node, message)


_KINDS: Final = "session|task|conn|job|stream|conversation|thread|channel|transport|room|run"
_ID: Final = deferred(rf"({_KINDS})\w*?_?(id|uuid|key)(_param|_str|_header)?$")
_SPELLED_ID: Final = deferred(rf"(?:{_KINDS})".encode() + rb"[\w\x80-\xff]*(?:id|uuid|key)")
_MINDS: Final = deferred(
    r"user|owner|principal|permission|authori|requestor|requester|identity|tenant|account|credential|access"
)


def _looked_up(node: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    """Give the container and the id of a look-up, None for anything else."""
    match node:
        case ast.Subscript(value=ast.Name() | ast.Attribute() as kept, slice=key, ctx=ast.Load()):
            return (kept, key) if _names_one(key) else None
        case ast.Call(
            func=ast.Attribute(value=ast.Name() | ast.Attribute() as kept, attr="get"),
            args=[key, *_],
        ):
            return (kept, key) if _names_one(key) else None
    return None


def _names_one(key: ast.expr) -> bool:
    """Tell whether a key is, by its name, the id of a session, task or connection."""
    match key:
        case (
            ast.Name(id=name) | ast.Attribute(attr=name) | ast.Subscript(slice=ast.Constant(value=str(name)))
        ):
            return _ID.search(name) is not None
        case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str(name)), *_]):
            return _ID.search(name) is not None
    return False


def _is_shared(module: ModuleFacts, kept: ast.expr) -> bool:
    if isinstance(kept, ast.Name):
        return kept.id in module_containers(module) and is_of_module(module, kept)
    owner, _, name = spelled(kept).rpartition(".")
    return owner == "self" and name not in (
        "request",
        "kwargs",
        "headers",
        "query_params",
        "session",
        "args",
        "scope",
        "path_params",
    )


def _is_sent(module: ModuleFacts, function: Function, key: ast.expr) -> bool:
    """Tell whether an id comes from the request: a parameter of the path, a header, a query, not a cookie."""
    if not isinstance(key, ast.Name):
        return bool(sent_name(module, function, key))
    sources = [
        node.value
        for node in own(module, function, ast.Assign)
        if any(isinstance(n, ast.Name) and n.id == key.id for t in node.targets for n in walk(t))
    ]
    if not sources:
        return key.id in parameter_names(function)
    if any("cookie" in ast.unparse(source).lower() for source in sources):
        return False
    return any(from_request(module, function, source) for source in sources)


def _minds_owner(module: ModuleFacts, function: Function) -> bool:
    """Tell whether anything in a function or its decorators is about who asks."""
    for node in own_nodes(module, function):
        name = getattr(node, "attr", None) or getattr(node, "id", None) or getattr(node, "arg", None)
        if isinstance(name, str) and _MINDS.search(name.lower()):
            return True
        if isinstance(node, ast.Constant) and node.value in ("user", "owner", "user_id"):
            return True
    given = ast.unparse(function.args).lower()
    return _MINDS.search(given) is not None or any(
        _MINDS.search(ast.unparse(decorator).lower()) for decorator in function.decorator_list
    )
