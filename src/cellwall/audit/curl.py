"""A request as a command line that anybody can run again; credentials are named, never written out."""

from __future__ import annotations

import shlex

from cellwall.audit.exchange import Exchange

SHOWN_BODY = 2000  # characters
_SECRET = frozenset({"authorization", "cookie", "x-api-key"})


def curl(exchange: Exchange, base: str) -> str:
    """Give the request as `curl`; `$ALICE_AUTHORIZATION` and the like stand for credentials."""
    request = exchange.request
    parts = ["curl", "-i", "-X", request.method]
    for name, value in request.headers:
        parts += ["-H", _header(exchange.actor, name, value)]
    upgraded = any(name.lower() == "upgrade" for name, _ in request.headers)
    if request.body and not upgraded:
        parts += ["--data-binary", shlex.quote(request.body.decode(errors="replace")[:SHOWN_BODY])]
    line = " ".join([*parts, shlex.quote(base + request.path)])
    frame = request.body.decode(errors="replace")[:SHOWN_BODY].replace("\n", " ")
    return f"{line}  # then send: {frame}" if upgraded and frame else line


def is_secret(name: str) -> bool:
    """Whether a header of this name carries credentials."""
    lower = name.lower()
    return lower in _SECRET or "token" in lower or "api-key" in lower


def _header(actor: str | None, name: str, value: str) -> str:
    if is_secret(name):
        variable = f"{(actor or 'nobody').upper()}_{name.upper().replace('-', '_')}"
        return f'"{name}: ${variable}"'
    return shlex.quote(f"{name}: {value}")
