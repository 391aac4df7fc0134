"""CW604: an object that sends events to users, made or used without saying to whom."""

import ast
import re
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.known_name import last_name
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function, walk
from cellwall.check.own_nodes import own
from cellwall.check.pytest_facts import spelled
from cellwall.check.request_data import knows_user, tells_user
from cellwall.check.request_reach import Reach, request_reach
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings


@final
class EmitterWithoutOwner:
    """An object that sends events to users, made or used without saying to whom.

    What it does:
        Finds a class called an emitter that is made, or `create_emitter` and `get_emitter` that are
        called, where the user of a request is known, without anything of the user, the request, its
        connection or its run among the arguments; and an emitter of the module by which a request
        sends something without them. An emitter whose calls name the user later is no finding.

    Why it leaks:
        An emitter that belongs to nobody sends to all connections, or to the one that came last.

    Example:
        @app.post("/run")
        async def run(body: Body, user: User = Depends(current_user)):
            emitter = AgentEmitter(sockets)
            await emitter.emit("done", await work(body))

    Use instead:
            emitter = AgentEmitter(sockets, user_id=user.id)

    Fix safety:
        Never repaired: which of the user's connections is meant is a decision.
    """

    name: ClassVar[str] = "emitter-without-owner"
    code: ClassVar[str] = "CW604"
    family: ClassVar[Family] = Family.SOCKETS
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.PREVIEW
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.post('/run')\n"
            "async def run(body, user):\n    emitter = AgentEmitter(sockets, user.id)\n"
            "    await emitter.emit('done', body)\n",
            path="app/runs.py",
        ),
        Example(
            "from fastapi import FastAPI\n\napp = FastAPI()\nemitter = Emitter()\n\n\n@app.post('/run')\n"
            "async def run(body, user):\n    await emitter.emit('done', body, to=user.id)\n",
            path="app/runs.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.post('/run')\n"
            "async def run(body, user):\n    emitter = AgentEmitter(sockets)\n"
            "    await emitter.emit('done', body)\n",
            path="app/runs.py",
        ),
        Example(
            "from fastapi import FastAPI\n\napp = FastAPI()\nemitter = Emitter()\n\n\n@app.post('/run')\n"
            "async def run(body, user):\n    await emitter.emit('done', body)\n",
            path="app/runs.py",
        ),
        Example(
            "async def run(body, user):\n    emitter = sockets.create_emitter()\n"
            "    await emitter.emit_event('done', body)\n",
            path="app/runs.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what an emitter is called."""
        return IN_SERVICE & Gate.any_of(b"Emitter", b"_emitter")

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each emitter of nobody, and for each event that one of the module sends."""
        if module.is_test or never_in_service(module.path):
            return
        shared = _of_module(module)
        for call in module.of(ast.Call):
            makes = _makes_emitter(module, call)
            if not makes and _sends(call) not in shared:
                continue
            function = module.function(call)
            if function is None or _says_to_whom(module, function, call) or not _is_asked(module, function):
                continue
            severity = None if request_reach(module, function) is Reach.YES else Severity.INFO
            if makes and not _is_told_later(module, function, call):
                message = f"`{spelled(call.func)}` is not told for whom: what it sends is everybody's"
                yield finding(self, module, call, message, severity=severity)
            elif _sends(call) in shared:
                message = f"`{_sends(call)}` is all users', and this event does not say to whom it goes"
                yield finding(self, module, call, message, severity=severity)


_MAKING: Final = deferred(r"^_?(create|make|get|new|build)_(\w+_)?emitter$")
_SENDING: Final = deferred(r"^(emit|notify|send|publish|broadcast)(_\w+)?$")
_TO_WHOM: Final = deferred(
    r"user|owner|tenant|session|(^|_)sid|room|channel|connection|websocket|socket_id|context|ctx|request|scope|"
    r"client_id|thread_id|run_id|^to$|recipient|target|everybody|public",
    re.IGNORECASE,
)


def _makes_emitter(module: ModuleFacts, call: ast.Call) -> bool:
    """Tell whether a call makes or fetches an emitter."""
    if isinstance(call.func, ast.Attribute) and _MAKING.match(call.func.attr):
        return True
    name = last_name(module, call.func)
    return (
        name.endswith("Emitter") and name[:1].isupper() and isinstance(call.func, (ast.Name, ast.Attribute))
    )


def _of_module(module: ModuleFacts) -> frozenset[str]:
    """Give the names of the module that hold an emitter."""
    return frozenset(
        target.id
        for statement in module.tree.body
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call)
        if _makes_emitter(module, statement.value)
        for target in statement.targets
        if isinstance(target, ast.Name)
    )


def _sends(call: ast.Call) -> str:
    """Give the name of what sends an event, "" for any other call."""
    match call.func:
        case ast.Attribute(attr=method, value=ast.Name(id=name)) if _SENDING.match(method):
            return name
    return ""


def _is_asked(module: ModuleFacts, function: Function) -> bool:
    """Tell whether a function may serve requests and has the user at hand."""
    return request_reach(module, function) is not Reach.NO and knows_user(module, function)


def _says_to_whom(module: ModuleFacts, function: Function, call: ast.Call) -> bool:
    """Tell whether anything among the arguments says whose this is, or where it goes."""
    for given in (*call.args, *call.keywords):
        if isinstance(given, ast.keyword) and (given.arg is None or _TO_WHOM.search(given.arg)):
            return True
        if isinstance(given, ast.Starred) or tells_user(module, function, given):
            return True
        for node in walk(given):
            name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
            if isinstance(name, str) and name and _TO_WHOM.search(name):
                return True
    return False


def _is_told_later(module: ModuleFacts, function: Function, call: ast.Call) -> bool:
    """Tell whether each event that the emitter sends says to whom, or the emitter is given its owner."""
    statement = module.nodes.statement(call)
    kept = {target.id for target in getattr(statement, "targets", ()) if isinstance(target, ast.Name)}
    later = [other for other in own(module, function, ast.Call) if _receiver(other) in kept]
    return bool(later) and all(_says_to_whom(module, function, other) for other in later)


def _receiver(call: ast.Call) -> str:
    return spelled(call.func.value) if isinstance(call.func, ast.Attribute) else ""
