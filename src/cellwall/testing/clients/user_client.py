"""Everything that one user needs to talk to an application: one identity, three kinds of connection."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, final

from cellwall.testing.clients.http import http_client
from cellwall.testing.clients.identity import Identity
from cellwall.testing.clients.raw import RawClient
from cellwall.testing.clients.websocket import WebSocketClient

if TYPE_CHECKING:
    import httpx


@final
class UserClient:
    """One user's clients of one application, with one cookie jar and one token.

    Example:
        >>> async def visit(app):
        ...     async with UserClient(app, token="t") as ada:
        ...         await ada.raw.get("/login")
        ...         async with ada.websocket("/ws") as socket:
        ...             return await socket.receive()
    """

    def __init__(self, app: Any, *, token: str | None = None) -> None:
        self._app = app
        self.identity: Identity = Identity(token)
        self.raw: RawClient = RawClient(app, self.identity)

    @cached_property
    def http(self) -> httpx.AsyncClient:
        """The httpx client, made on first use."""
        return http_client(self._app, self.identity)

    def websocket(self, path: str, **options: Any) -> WebSocketClient:
        """Make a connection; it opens as a block is entered. `options` as of WebSocketClient."""
        return WebSocketClient(self._app, path, self.identity, **options)

    async def __aenter__(self) -> Self:
        """Do nothing: connections open on first use."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the httpx client, if there is one."""
        made = self.__dict__.pop("http", None)
        if made is not None:
            await made.aclose()
