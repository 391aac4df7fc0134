"""Whether a browser's request with a cookie comes from our own pages. Knows headers, not tokens."""

from collections.abc import Collection
from typing import Final

from cellwall.runtime.web.asgi import Scope

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_SCHEMES: Final = {"ws": "http", "wss": "https"}


def comes_from_us(scope: Scope, allowed: Collection[str]) -> bool:
    """Say whether a request that a browser authenticates by itself may act.

    Reading is allowed: another site cannot see the answer. Everything that changes something, and every
    WebSocket (whose answers another site can see), needs an `Origin` that is one of `allowed`, or our own
    scheme and host when there are none.
    """
    if scope["type"] == "http" and scope["method"] in SAFE_METHODS:
        return True
    origins = [value for name, value in scope["headers"] if name == b"origin"]
    if len(origins) != 1:
        return False
    origin = origins[0].decode("latin-1").lower()
    return origin in (allowed or _own(scope))


def _own(scope: Scope) -> tuple[str, ...]:
    hosts = [value.decode("latin-1").lower() for name, value in scope["headers"] if name == b"host"]
    scheme = scope.get("scheme", "http")
    return (f"{_SCHEMES.get(scheme, scheme)}://{hosts[0]}",) if len(hosts) == 1 else ()
