"""CW902: a socket that a module opens for everybody."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Final, final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Safety
from cellwall.check.family import Family
from cellwall.check.finding import Finding, Severity
from cellwall.check.gate import NOT_IN_TESTS, Gate
from cellwall.check.javascript.script import Script, field_text
from cellwall.check.javascript.script_rule import found
from cellwall.check.javascript.variables import module_variables
from cellwall.check.rule import Example, Status

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_CLASSES: Final = deferred(
    r"(?!Mock|Fake)\w*(Socket(Service|Manager|Client|Connection)?|EventSource|SockJS)$"
)
_FUNCTIONS: Final = frozenset({"io", "io.connect", "socketIOClient"})


@final
class ScriptSharedSocket:
    """A socket, or stream of events, that a module opens once for everybody.

    What it does:
        Finds `new WebSocket(...)`, `new EventSource(...)`, `io(...)` and classes called after them
        (`new WebSocketService()`) kept in a variable of the module, where it is loaded or by the first function
        that needs one.

    Why it leaks:
        The connection is one user's: it was opened with that user's cookie or token. It stays open when that
        user logs out, and the next one, or another tab's view, is shown what comes in for the first.

    Example:
        const socket = new WebSocket(url);

    Use instead:
        export const openSocket = (token) => new WebSocket(`${url}?token=${token}`);

    Fix safety:
        Not repaired: who opens and closes it, only a person can say.
    """

    name: ClassVar[str] = "script-shared-socket"
    code: ClassVar[str] = "CW902"
    family: ClassVar[Family] = Family.SCRIPTS
    severity: ClassVar[Severity] = Severity.ERROR
    status: ClassVar[Status] = Status.STABLE
    fixes: ClassVar[Safety | None] = None

    VALID: ClassVar[tuple[Example, ...]] = (
        Example("export const open = (token) => new WebSocket(`/ws?token=${token}`);\n", path="src/a.js"),
        Example(
            "export function watch() {\n  const socket = new WebSocket('/ws');\n  return socket;\n}\n",
            path="src/a.js",
        ),
    )
    INVALID: ClassVar[tuple[Example, ...]] = (
        Example("const socket = new WebSocket('/ws');\nexport default socket;\n", path="src/socket.js"),
        Example(
            "let client: EventSource | null = null;\nexport function get() {\n  if (!client) client = new EventSource('/events');\n  return client;\n}\n",
            path="src/socket.ts",
        ),
    )

    def gate(self) -> Gate:
        """Give what makes connections."""
        return NOT_IN_TESTS & Gate.any_of(
            b"Socket", b"EventSource", b"SockJS", b"socketIO", re.compile(rb"\bio\b")
        )

    def check(self, script: Script) -> Iterable[Finding]:
        """Give a finding for each variable of the module that holds a connection."""
        for variable in module_variables(script):
            values = [variable.value, *(_assigned(use) for use in variable.sets)]
            if any(value is not None and _opens(value) for value in values):
                message = f"`{variable.name}` is one connection for everybody who loads this module"
                yield found(self, script, variable.place, message)


def _assigned(use: "SgNode") -> "SgNode | None":
    parent = use.parent()
    return parent.field("right") if parent is not None else None


def _opens(value: "SgNode") -> bool:
    if value.kind() == "new_expression":
        return _CLASSES.match(field_text(value, "constructor").rpartition(".")[2]) is not None
    return value.kind() == "call_expression" and field_text(value, "function") in _FUNCTIONS
