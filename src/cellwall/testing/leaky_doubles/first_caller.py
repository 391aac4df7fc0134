"""An ASGI application that takes every request for one of the first caller."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode

from .calls import Call
from .memory import Memory

_HEADER = re.compile(
    rb"^(proxy-)?authorization$|^cookie$|^x-.*(user|owner|token|key|auth|account|tenant|session)"
)
_PARAMETER = re.compile(r"(^|_)(user|owner|account|tenant|token|api_?key|session)(_?id)?$")


class FirstCaller:
    """Every request bears the credentials of the first one that had some."""

    name = "every request is taken for one of the first caller"

    def calls(self, call: Call, memory: Memory) -> list[Call]:
        """Replace the credentials in the scope; other protocols than HTTP and WebSocket are left alone."""
        scope = call.args[0] if call.args else None
        if not isinstance(scope, dict) or scope.get("type") not in ("http", "websocket"):
            return [call]
        own = _credentials(scope)
        if any(own):
            memory.firsts.setdefault(self.name, own)
        first = memory.firsts.get(self.name)
        if first is None or first == own:
            return [call]
        return [Call(call.subject, call.name, (_with(scope, first), *call.args[1:]), call.kwargs)]

    def answer(self, call: Call, values: list[Any], memory: Memory) -> Any:
        """Answer nothing, as an ASGI application does."""
        return values[0]


Credentials = tuple[list[tuple[bytes, bytes]], dict[str, str]]


def _credentials(scope: dict[str, Any]) -> Credentials:
    headers = [(name, value) for name, value in scope.get("headers", ()) if _HEADER.search(name.lower())]
    return headers, {key: value for key, value in _query(scope) if _PARAMETER.search(key.lower())}


def _query(scope: dict[str, Any]) -> list[tuple[str, str]]:
    return parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)


def _with(scope: dict[str, Any], first: Credentials) -> dict[str, Any]:
    headers, parameters = first
    taken = {name.lower() for name, _ in headers}
    kept = [(name, value) for name, value in scope.get("headers", ()) if name.lower() not in taken]
    query = [(key, parameters.get(key, value)) for key, value in _query(scope)]
    return {**scope, "headers": [*kept, *headers], "query_string": urlencode(query).encode("latin-1")}
