"""ASGI scopes of requests and connections, as a server on this machine would make them."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from cellwall.testing.clients.identity import Headers


def scope_of(kind: str, path: str, headers: Headers, **more: Any) -> dict[str, Any]:
    """Make the scope of a call; `path` may have a query."""
    plain, _, query = path.partition("?")
    server = next((value.decode() for name, value in headers if name == b"host"), "")
    return {
        "type": kind,
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "scheme": "ws" if kind == "websocket" else "http",
        "path": unquote(plain),
        "raw_path": plain.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": (server, 80),
        "state": {},
        **more,
    }
