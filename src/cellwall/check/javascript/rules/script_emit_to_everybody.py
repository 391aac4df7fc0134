"""CW906: a handler of one socket that sends to all sockets."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Final, final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import NOT_IN_TESTS, Gate
from cellwall.check.javascript.script import (
    FUNCTIONS,
    Script,
    field_text,
    literal_text,
    named_arguments,
)
from cellwall.check.javascript.script_rule import found
from cellwall.check.rule import Example, Status

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_TO_ALL: Final = deferred(r"(^|\.)io\.emit$|\.sockets\.emit$|\.clients\.forEach$|\.broadcast\.emit$")


@final
class ScriptEmitToEverybody:
    """A handler of one connection that sends what came in to all connections.

    What it does:
        Finds `io.emit(...)` and `wss.clients.forEach(... send ...)` inside a function given to `socket.on(...)`.

    Why it leaks:
        What one user sent, or was answered, reaches everybody who is connected.

    Example:
        socket.on("ask", (text) => io.emit("answer", reply(text)));

    Use instead:
        socket.on("ask", (text) => socket.emit("answer", reply(text)));

    Fix safety:
        Not repaired: a chat room may mean it.
    """

    name: ClassVar[str] = "script-emit-to-everybody"
    code: ClassVar[str] = "CW906"
    family: ClassVar[Family] = Family.SCRIPTS
    severity: ClassVar[Severity] = Severity.WARNING
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "io.on('connection', (socket) => {\n  socket.on('ask', (text) => socket.emit('answer', text));\n});\n",
            path="server/a.js",
        ),
        Example("setInterval(() => io.emit('tick', Date.now()), 1000);\n", path="server/a.js"),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example(
            "io.on('connection', (socket) => {\n  socket.on('ask', (text) => io.emit('answer', reply(text)));\n});\n",
            path="server/chat.js",
        ),
        Example(
            "ws.on('message', (data) => {\n  wss.clients.forEach((client) => client.send(data));\n});\n",
            path="server/ws.js",
        ),
    )

    def gate(self) -> Gate:
        """Give what sends to all."""
        return NOT_IN_TESTS & Gate.any_of(
            b"io.emit", b".sockets.emit", b".clients.forEach", b".broadcast.emit"
        )

    def check(self, script: Script) -> Iterable[Finding]:
        """Give a finding for each such call inside a handler of a message."""
        for call in script.of("call_expression"):
            name = field_text(call, "function")
            to_all = _TO_ALL.search(name) and ("forEach" not in name or ".send(" in call.text())
            if to_all and any(_is_handler(function) for function in call.ancestors()):
                yield found(self, script, call, f"`{name}` sends to everybody what one connection asked for")


def _is_handler(function: "SgNode") -> bool:
    """Tell whether a function is given to `socket.on("message", ...)`."""
    if function.kind() not in FUNCTIONS:
        return False
    given = function.parent()
    call = given.parent() if given is not None else None
    if call is None or call.kind() != "call_expression":
        return False
    first = named_arguments(call)[:1]
    event = literal_text(first[0]) if first else None
    named = field_text(call, "function")
    return named.endswith((".on", ".once")) and event not in (
        None,
        "connection",
        "connect",
        "disconnect",
        "close",
    )
