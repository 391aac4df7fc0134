"""WebSocket channels of an application: how each user opens one, and what it hears."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any, Final, final
from urllib.parse import quote, urlencode

from cellwall.audit.actor import Actor
from cellwall.audit.app_routes import Route
from cellwall.audit.configured_channel import NAME, filled
from cellwall.audit.exchange import Exchange, Request, Response
from cellwall.audit.forged_token import bearer
from cellwall.audit.lab import Lab
from cellwall.audit.transport import ChannelRefusedError, ChannelStream

QUIET: Final = 0.05  # seconds without a frame after which a channel has said what it had to say
FAR_QUIET: Final = 0.25  # the same where it is in another process
MOST_FRAMES: Final = 200
_HANDSHAKE: Final = (
    ("connection", "Upgrade"), ("upgrade", "websocket"), ("sec-websocket-version", "13"),
    ("sec-websocket-key", "Y2VsbHdhbGwgYXVkaXQhIQ=="),
)  # fmt: skip
_NAME: Final = re.compile(r"{([^{}:]+)(?::[a-z]+)?}")


@final
class Channel:
    """One opened channel of one user; `heard` is all that came, `refusal` why it was not opened."""

    def __init__(self, lab: Lab, route: Route, actor: Actor, values: Mapping[str, Any]) -> None:
        path = _NAME.sub(lambda match: quote(str(values.get(match[1], "1")), safe=""), route.path)
        query = {name: bearer(actor) if is_token(name) else values.get(name, "") for name in route.query}
        if query:
            path += ("&" if "?" in path else "?") + urlencode(query)
        self.path: Final = path
        self.actor: Final = actor
        self.heard: list[str] = []
        self.refusal: str = ""
        tokens = {name: bearer(actor) for name in NAME.findall(route.first) if is_token(name)}
        self._first = filled(route.first, {**values, **tokens})
        self._lab = lab
        self._stream: ChannelStream | None = None

    async def open(self) -> bool:
        """Connect, and send what is sent first; whether the application accepts."""
        try:
            self._stream = await self._lab.transport.open_channel(self.path, self.actor.signed())
            if self._first:
                await self._stream.send(self._first)
        except ChannelRefusedError as error:
            self.refusal = str(error)
            return False
        except Exception as error:  # closed at once, by whatever the library calls it
            self.refusal = type(error).__name__
            return False
        return True

    async def listen(self) -> None:
        """Take what comes until it is quiet."""
        assert self._stream is not None
        quiet = QUIET if self._lab.app is not None else FAR_QUIET
        try:
            while len(self.heard) < MOST_FRAMES:
                frame = await asyncio.wait_for(self._stream.receive(), quiet)
                self.heard.append(frame if isinstance(frame, str) else frame.decode(errors="replace"))
        except Exception:  # quiet, closed, or whatever the application raised
            return

    async def close(self) -> None:
        """Leave."""
        if self._stream is not None:
            await self._stream.close()

    def exchange(self, key: str) -> Exchange:
        """Give what was heard in the form of an answer; what was sent first stands as the request's body."""
        body = "\n".join(self.heard).encode()
        shown = re.sub(r"((?:^|[?&])[^=&]*token[^=&]*=)[^&]+", r"\1$TOKEN", self.path)
        token = bearer(self.actor)
        first = self._first.replace(token, "$TOKEN") if token else self._first
        headers = (*self.actor.signed(), *_HANDSHAKE)
        return Exchange(
            self.actor.name, key, Request("GET", shown, headers, first.encode()), Response(200, body=body)
        )


def is_token(name: str) -> bool:
    """Whether a name of a channel's address stands for credentials."""
    return "token" in name.lower() or name.lower() == "jwt"


def names_in(route: Route) -> tuple[str, ...]:
    """Give the names of what a channel's address and first frame say, without tokens."""
    names = (*_NAME.findall(route.path), *route.query, *NAME.findall(route.first))
    return tuple(name for name in dict.fromkeys(names) if not is_token(name))


def own_values(lab: Lab, route: Route, actor: Actor) -> dict[str, Any]:
    """Give what the user would say there: own ids where there are some, else own values."""
    found: dict[str, Any] = {}
    for name in names_in(route):
        fact = lab.knowledge.best(actor.name, name, {}, "", least=80)
        own = actor.identity.get(name)
        canary = lab.book.issue_value(actor.name, f"channel {name}")
        found[name] = own or (fact.value if fact is not None else canary)
    return found
