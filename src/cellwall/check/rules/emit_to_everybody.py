"""CW602: an event handler of one connection that sends what is one user's to all connections."""

import ast
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.call_gate import calls_one_of
from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.instances import is_instance
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function, walk
from cellwall.check.pytest_facts import spelled
from cellwall.check.request_data import tells_user
from cellwall.check.request_reach import Reach, request_reach
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings
from cellwall.check.telling_names import (
    names_credential,
    names_identity,
)


@final
class EmitToEverybody:
    """An event handler of one connection that sends what belongs to one user to all connections.

    What it does:
        Finds `emit(event, data)` of a socketio server without `to`, `room` or `skip_sid`, and
        Flask-SocketIO's `broadcast=True`, in a handler, and a loop over kept connections that sends to
        each, where what is sent tells of a user. An announcement without anything of a user is no
        finding.

    Why it leaks:
        Every connected user receives it.

    Example:
        @sio.on("balance")
        async def balance(sid, data):
            account = await load_account(sid)
            await sio.emit("balance", account.balance)

    Use instead:
            await sio.emit("balance", account.balance, to=sid)

    Fix safety:
        Never repaired: a chat sends to all on purpose.
    """

    name: ClassVar[str] = "emit-to-everybody"
    code: ClassVar[str] = "CW602"
    family: ClassVar[Family] = Family.SOCKETS
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.PREVIEW
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "import socketio\n\nsio = socketio.AsyncServer()\n\n\n@sio.on('balance')\n"
            "async def balance(sid, data):\n"
            "    account = await load_account(sid)\n    await sio.emit('balance', account.balance, to=sid)\n",
            path="app/events.py",
        ),
        Example(
            "import socketio\n\nsio = socketio.AsyncServer()\n\n\n@sio.event\n"
            "async def connect(sid, environ):\n"
            "    await sio.emit('news', 'hello')\n",
            path="app/events.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "import socketio\n\nsio = socketio.AsyncServer()\n\n\n@sio.on('balance')\n"
            "async def balance(sid, data):\n"
            "    account = await load_account(sid)\n    await sio.emit('balance', account.balance)\n",
            path="app/events.py",
        ),
        Example(
            "class Manager:\n    async def notify(self, user, message):\n"
            "        for connection in self.active:\n"
            "            await connection.send_json({'user': user.email, 'message': message})\n",
            path="app/manager.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what sends."""
        return IN_SERVICE & calls_one_of(("emit", "send_json", "send_text"))

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each thing of a user that goes to all."""
        if module.is_test or never_in_service(module.path):
            return
        for call in module.of(ast.Call):
            if not isinstance(call.func, (ast.Attribute, ast.Name)):
                continue
            function = module.function(call)
            sent = _sent_to_all(module, call, function) if function is not None else None
            if function is None or sent is None:
                continue
            if _tells_of_user(module, function, sent) and request_reach(module, function) is not Reach.NO:
                message = "what tells of one user goes to every connection"
                yield finding(self, module, call, message)


_SERVERS: Final = ("socketio.AsyncServer", "socketio.Server", "flask_socketio.SocketIO")
_LIMITS: Final = frozenset({"to", "room", "skip_sid", "include_self", "rooms"})
_CONNECTIONS: Final = deferred(r"connections?$|clients?$|sockets?$|websockets$|subscribers$|active$")


def _sent_to_all(module: ModuleFacts, call: ast.Call, function: Function) -> ast.expr | None:
    """Give what a call sends to all connections, None where it does not."""
    given = {keyword.arg for keyword in call.keywords}
    if isinstance(call.func, ast.Attribute) and call.func.attr == "emit" and len(call.args) == 2:
        by_server = is_instance(module, call.func.value, _SERVERS)
        return call.args[1] if by_server and not given & _LIMITS else None
    if (
        isinstance(call.func, ast.Name)
        and module.matches(call.func, ("flask_socketio.emit",))
        and len(call.args) > 1
    ):
        everybody = any(
            k.arg == "broadcast" and isinstance(k.value, ast.Constant) and k.value.value is True
            for k in call.keywords
        )
        return call.args[1] if everybody and not given & {"to", "room"} else None
    if isinstance(call.func, ast.Attribute) and call.func.attr in ("send_json", "send_text") and call.args:
        return call.args[0] if _is_each_connection(module, call.func.value, call, function) else None
    return None


def _is_each_connection(module: ModuleFacts, node: ast.expr, call: ast.Call, function: Function) -> bool:
    """Tell whether a socket is the variable of a loop over all kept ones, and nothing chooses."""
    for ancestor in module.nodes.ancestors(call):
        if ancestor is function:
            return False
        if isinstance(ancestor, (ast.If, ast.Match)):
            return False
        if isinstance(ancestor, (ast.For, ast.AsyncFor)):
            kept = ancestor.iter
            kept = (
                kept.func.value
                if isinstance(kept, ast.Call) and isinstance(kept.func, ast.Attribute)
                else kept
            )
            loops = {n.id for n in walk(ancestor.target) if isinstance(n, ast.Name)}
            whole = (
                isinstance(kept, (ast.Name, ast.Attribute)) and _CONNECTIONS.search(spelled(kept)) is not None
            )
            return whole and isinstance(node, ast.Name) and node.id in loops
    return False


def _tells_of_user(module: ModuleFacts, function: Function, sent: ast.expr) -> bool:
    if tells_user(module, function, sent):
        return True
    names = {n.id for n in walk(sent) if isinstance(n, ast.Name)}
    return any(names_identity(name) or names_credential(name) for name in names)
