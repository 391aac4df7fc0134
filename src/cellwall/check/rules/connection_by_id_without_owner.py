"""CW605: a message sent to a connection, or a room entered, that the client names by its id."""

import ast
from collections.abc import Iterable
from typing import ClassVar, Final, final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.file_kind import never_in_service
from cellwall.check.finding import Finding, Severity
from cellwall.check.function_shape import parameter_names
from cellwall.check.gaps import CLOSED, GAP, places
from cellwall.check.gate import IN_SERVICE, Gate
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.pytest_facts import spelled
from cellwall.check.request_handlers import request_handlers
from cellwall.check.rule import Example, RuleContext, Status, finding
from cellwall.check.sent_values import sent_name
from cellwall.check.service_gates import handles_requests
from cellwall.check.settings import CheckSettings
from cellwall.check.who_minds import minds_who_asks


@final
class ConnectionByIdWithoutOwner:
    """A message sent to a connection, or a room entered, that the client names by its id.

    What it does:
        Finds, in a request or event handler, `manager.get_connection(connection_id)`,
        `manager.connections[client_id]`, `emit(..., to=data["sid"])`, `enter_room(sid, data["room"])`
        and `channel_layer.send(data["channel"], ...)`, where the id is what the client sent and the
        function asks for no owner, user or permission.

    Why it leaks:
        The id is all that is needed. Whoever has seen it, in a log, a link or an earlier message, writes
        to another user's connection, or hears what is said in another user's room.

    Example:
        @sio.event
        async def join(sid, data):
            await sio.enter_room(sid, data["room"])

    Use instead:
            if not await is_member(user_of(sid), data["room"]):
                raise ConnectionRefusedError
            await sio.enter_room(sid, data["room"])

    Fix safety:
        Never repaired: who may reach whom is a decision.
    """

    name: ClassVar[str] = "connection-by-id-without-owner"
    code: ClassVar[str] = "CW605"
    family: ClassVar[Family] = Family.SOCKETS
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.PREVIEW
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "import socketio\n\nsio = socketio.AsyncServer()\n\n\n@sio.event\nasync def join(sid, data):\n"
            "    if not await is_member(user_of(sid), data['room']):\n        return\n"
            "    await sio.enter_room(sid, data['room'])\n",
            path="app/events.py",
        ),
        Example(
            "import socketio\n\nsio = socketio.AsyncServer()\n\n\n@sio.event\nasync def ask(sid, data):\n"
            "    await sio.emit('answer', data['text'], to=sid)\n",
            path="app/events.py",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "import socketio\n\nsio = socketio.AsyncServer()\n\n\n@sio.event\nasync def join(sid, data):\n"
            "    await sio.enter_room(sid, data['room'])\n",
            path="app/events.py",
        ),
        Example(
            "from fastapi import FastAPI\nfrom app.sockets import manager\n\napp = FastAPI()\n\n\n"
            "@app.post('/send/{connection_id}')\nasync def send(connection_id: str, text: str):\n"
            "    socket = manager.get_connection(connection_id)\n    await socket.send_text(text)\n",
            path="app/main.py",
        ),
        Example(
            "from fastapi import FastAPI\nfrom app.sockets import manager\n\napp = FastAPI()\n\n\n"
            "@app.post('/send/{client_id}')\nasync def send(client_id: str, text: str):\n"
            "    await manager.active_connections[client_id].send_text(text)\n",
            path="app/main.py",
        ),
    )

    def gate(self, settings: CheckSettings) -> Gate:
        """Give the words of what connections are kept in, and of rooms."""
        return (
            IN_SERVICE
            & Gate.any_of(
                b"connection",
                b"socket",
                b"client",
                b"_room",
                b"emit",
                b"send_to",
                b"channel",
                _sends_to,
                _keeps_some,
            )
            & handles_requests()
        )

    def check(self, module: ModuleFacts, context: RuleContext) -> Iterable[Finding]:
        """Give a finding for each connection or room that the client chooses."""
        if module.is_test or never_in_service(module.path):
            return
        for node in (*module.of(ast.Call), *module.of(ast.Subscript)):
            chosen = _chosen(node)
            function = module.function(node) if chosen is not None else None
            if chosen is None or function is None or function not in request_handlers(module):
                continue
            if _is_own(function, chosen):
                continue
            name = sent_name(module, function, chosen)
            if name and not minds_who_asks(module, function):
                message = f"the client chooses by `{name}` whose connection this is"
                yield finding(self, module, node, message)


def _is_own(function: Function, chosen: ast.expr) -> bool:
    """Tell whether an event handler names its own connection: what it is given first."""
    return isinstance(chosen, ast.Name) and chosen.id == "sid" and "sid" in parameter_names(function)[:1]


_KEPT: Final = deferred(r"(^|_)(connections?|sockets?|websockets?|clients?|active|subscribers?|sids?)$")
_FINDING: Final = deferred(
    r"^(get|find)_(?!db_|database_|redis_|http_|sql_)(\w+_)?(connection|socket|websocket|client)$|^send_to_(\w+_)?(connection|socket|client|session)$"
)
_TO: Final = deferred(rb"\b(?:to|room)" + GAP + b"=")
_REACHED: Final = deferred(rb"s?" + CLOSED + rb"[\[.]")


def _sends_to(source: bytes) -> bool:
    """Tell whether a file may send to somebody in particular."""
    return b"send" in source and _TO.search(source) is not None


def _keeps_some(source: bytes) -> bool:
    """Tell whether a file may look up a connection under another name."""
    words = (b"active", b"subscriber", b"sid")
    return any(_REACHED.match(source, end) for word in words for _, end in places(source, word))


_ID: Final = deferred(r"(conn(ection)?|client|socket|sid|session|channel|peer)_?(id|key|name|uuid)?$")


def _chosen(node: ast.expr) -> ast.expr | None:
    """Give what says which connection or room is meant, None for anything else."""
    match node:
        case ast.Subscript(value=ast.Name() | ast.Attribute() as kept, slice=key, ctx=ast.Load()):
            return key if _KEPT.search(spelled(kept).rpartition(".")[2]) and _names_one(key) else None
        case ast.Call(func=ast.Attribute(value=kept, attr="get"), args=[key, *_]):
            return key if _KEPT.search(spelled(kept).rpartition(".")[2]) and _names_one(key) else None
        case ast.Call(func=ast.Attribute(attr=name), args=[first, *_]) if _FINDING.match(name):
            return first
        case ast.Call(func=ast.Attribute(attr="enter_room"), args=[_, room, *_]):
            return room
        case ast.Call(func=ast.Name(id="join_room"), args=[room, *_]):
            return room
        case ast.Call(
            func=ast.Attribute(value=ast.Attribute(attr="channel_layer"), attr="send"), args=[to, *_]
        ):
            return to
        case ast.Call(
            func=ast.Attribute(attr="emit" | "send") | ast.Name(id="emit" | "send"), keywords=given
        ):
            return next((k.value for k in given if k.arg in ("to", "room")), None)
    return None


def _names_one(key: ast.expr) -> bool:
    """Tell whether a key is, by its name, the id of a connection; one of a user is asked for elsewhere."""
    match key:
        case (
            ast.Name(id=name) | ast.Attribute(attr=name) | ast.Subscript(slice=ast.Constant(value=str(name)))
        ):
            return _ID.search(name) is not None
        case ast.Call(args=[ast.Constant(value=str(name)), *_]):
            return _ID.search(name) is not None
    return False
