"""CW602: code of one request or connection that sends what is one user's to all connections."""

import ast
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.call_gate import calls_one_of
from cellwall.check.connections_of_all import SENDING, TO_ALL, sent_to_all
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.gaps import method_called
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.module_facts import ModuleFacts, last_name
from cellwall.check.node_index import Function, walk
from cellwall.check.own_nodes import own
from cellwall.check.request_data import from_request, tells_user
from cellwall.check.request_handlers import request_handlers
from cellwall.check.request_reach import Reach, request_reach
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.settings import CheckSettings
from cellwall.check.telling_names import names_credential, names_identity


@final
class EmitToEverybody:
    """Code of one request or connection that sends what belongs to one user to all connections.

    What it does:
        Finds what goes to every connection and tells of a user: `manager.broadcast(message)` of a
        manager that the module keeps, imports or is given, a loop over all kept connections, `emit(event,
        data)` of a socketio server without `to`, `room` or `skip_sid`, Flask-SocketIO's `broadcast=True`.
        A manager or a function of the same module is known by what it does, under whatever name. What the
        handler of one socket hears there and sends to all is a warning. Not found: an announcement without
        anything of a user, and what goes to a room, a list, or connections that a condition chooses.

    Why it leaks:
        Every connected user receives it, whoever it is meant for: the manager has one list for all.

    Example:
        @app.websocket("/balance")
        async def balance(websocket: WebSocket, user: User = Depends(current_user)):
            await manager.connect(websocket)
            await manager.broadcast(f"{user.email} has {user.balance}")

    Use instead:
            await websocket.send_text(f"{user.email} has {user.balance}")

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
        Example(
            "from fastapi import FastAPI\nfrom app.sockets import manager\n\napp = FastAPI()\n\n\n"
            "@app.post('/pay')\nasync def pay(user_id: str, amount: int):\n"
            "    await manager.send_to(user_id, amount)\n    await manager.broadcast('somebody paid')\n",
            path="app/main.py",
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
        Example(
            "from fastapi import FastAPI\nfrom app.sockets import manager\n\napp = FastAPI()\n\n\n"
            "@app.post('/pay')\nasync def pay(user_id: str, amount: int):\n"
            "    await manager.broadcast({'user': user_id, 'amount': amount})\n",
            path="app/main.py",
        ),
        Example(
            "from fastapi import FastAPI, WebSocket\n\napp = FastAPI()\n\n\nclass Lines:\n"
            "    def __init__(self):\n        self.active = []\n\n"
            "    async def connect(self, websocket):\n"
            "        await websocket.accept()\n        self.active.append(websocket)\n\n"
            "    async def tell(self, text):\n        for line in list(self.active):\n"
            "            await line.send_text(text)\n\n\nlines = Lines()\n\n\n"
            "@app.websocket('/talk')\nasync def talk(websocket: WebSocket):\n"
            "    await lines.connect(websocket)\n    while True:\n"
            "        await lines.tell(await websocket.receive_text())\n",
            path="app/main.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give what sends; a server of sockets is made by a class of one of three names."""
        return (
            IN_SERVICE
            & Gate.any_of(*_ALL, *_SENDS, b"Server", b"SocketIO", method_called(b"emit"))
            & calls_one_of(("emit", *SENDING, *TO_ALL))
        )

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each thing of a user that goes to all."""
        if module.is_test or never_in_service(module.path):
            return
        for call in module.of(ast.Call):
            function = module.function(call)
            sent = sent_to_all(module, call, function) if function is not None else None
            if function is None or sent is None or request_reach(module, function) is Reach.NO:
                continue
            if _tells_of_user(module, function, sent):
                yield finding(self, module, call, "what tells of one user goes to every connection")
            elif _is_of_one_client(module, function, sent):
                message = "what one client sends goes to every connection"
                yield finding(self, module, call, message, severity=Severity.WARNING)


_ALL: Final = (b"broadcast", b"to_all", b"notify_all", b"send_all", b"_everyone")  # of each of `TO_ALL` one
_SENDS: Final = tuple(name.encode() for name in SENDING)
_HEARING: Final = ("receive_text", "receive_json", "receive_bytes", "receive", "iter_text", "iter_json")


def _tells_of_user(module: ModuleFacts, function: Function, sent: ast.expr) -> bool:
    if tells_user(module, function, sent):
        return True
    names = {n.id for n in walk(sent) if isinstance(n, ast.Name)}
    return any(names_identity(name) or names_credential(name) for name in names)


def _is_of_one_client(module: ModuleFacts, function: Function, sent: ast.expr) -> bool:
    """Tell whether a handler of one socket hands on what it was given or hears there."""
    if function not in request_handlers(module):
        return False
    hears = any(last_name(call.func) in _HEARING for call in own(module, function, ast.Call))
    return hears and from_request(module, function, sent)
