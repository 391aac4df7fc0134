"""HTTP by httpx, in the loop: what a project's own tests would use, with one user's identity."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from cellwall.testing.clients.identity import Identity

# An extra. It is loaded with this module, since what watches its clients begins before a test makes one.
if TYPE_CHECKING or find_spec("httpx") is not None:
    import httpx


def http_client(app: Any, identity: Identity | None = None, **options: Any) -> httpx.AsyncClient:
    """Make an httpx client that calls `app` in the loop with this identity's cookies and token.

    `options` are those of `httpx.AsyncClient`. A token that changes later is sent from then on.
    """
    who = identity or Identity()

    async def sign(request: Any) -> None:
        if who.token is not None and "authorization" not in request.headers:
            request.headers["authorization"] = f"Bearer {who.token}"

    hooks = options.pop("event_hooks", {})
    hooks = {**hooks, "request": [sign, *hooks.get("request", ())]}
    options.setdefault("base_url", f"http://{who.host}")
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), cookies=who.cookies, event_hooks=hooks, **options
    )
