"""WebSocket channels of an application at hand: how each user opens one, and what it hears."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any, Final, final
from urllib.parse import quote, urlencode

from cellwall.audit.actor import Actor
from cellwall.audit.app_routes import Route
from cellwall.audit.exchange import Exchange, Request, Response
from cellwall.audit.forged_token import bearer
from cellwall.audit.lab import Lab
from cellwall.testing.clients.errors import ClientError
from cellwall.testing.clients.identity import Identity
from cellwall.testing.clients.websocket import WebSocketClient

QUIET: Final = 0.05  # seconds without a frame after which a channel has said what it had to say
MOST_FRAMES: Final = 200
_NAME: Final = re.compile(r"{([^{}:]+)(?::[a-z]+)?}")


@final
class Channel:
    """One opened channel of one user; `heard` is all that came."""

    def __init__(self, lab: Lab, route: Route, actor: Actor, values: Mapping[str, str]) -> None:
        path = _NAME.sub(lambda match: quote(values.get(match[1], "1"), safe=""), route.path)
        query = {name: bearer(actor) if "token" in name else values.get(name, "") for name in route.query}
        identity = Identity(bearer(actor) or None)
        headers = {name: value for name, value in actor.signed() if name != "authorization"}
        self.path: Final = path + ("?" + urlencode(query) if query else "")
        self.actor: Final = actor
        self.heard: list[str] = []
        self._socket = WebSocketClient(lab.app, self.path, identity, headers=headers, grace=1.0)

    async def open(self) -> bool:
        """Connect; whether the application accepts."""
        try:
            await asyncio.wait_for(self._socket.__aenter__(), 5)
        except (ClientError, TimeoutError, Exception):
            return False
        return True

    async def listen(self) -> None:
        """Take what comes until it is quiet."""
        try:
            while len(self.heard) < MOST_FRAMES:
                frame = await asyncio.wait_for(self._socket.receive(), QUIET)
                self.heard.append(frame if isinstance(frame, str) else frame.decode(errors="replace"))
        except (TimeoutError, ClientError, Exception):
            return

    async def close(self) -> None:
        """Leave."""
        try:
            await self._socket.__aexit__(None, None, None)
        except Exception:
            return

    def exchange(self, key: str) -> Exchange:
        """Give what was heard in the form of an answer."""
        body = "\n".join(self.heard).encode()
        shown = re.sub(r"((?:^|[?&])[^=&]*token[^=&]*=)[^&]+", r"\1$TOKEN", self.path)
        return Exchange(self.actor.name, key, Request("GET", shown), Response(200, body=body))


def names_in(route: Route) -> tuple[str, ...]:
    """Give the names of what a channel's address says, without tokens."""
    return (*_NAME.findall(route.path), *(name for name in route.query if "token" not in name))


def own_values(lab: Lab, route: Route, actor: Actor) -> dict[str, str]:
    """Give what the user would say in the address: own ids where there are some, else own values."""
    found: dict[str, str] = {}
    for name in names_in(route):
        fact: Any = lab.knowledge.best(actor.name, name, {}, "", least=80)
        own = actor.identity.get(name)
        canary = lab.book.issue_value(actor.name, f"channel {name}")
        found[name] = own or (str(fact.value) if fact is not None else canary)
    return found
