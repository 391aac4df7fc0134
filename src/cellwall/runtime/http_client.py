"""HTTP clients for outgoing calls, one a request: connections are shared, cookies and credentials never."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final, final
from weakref import WeakKeyDictionary, WeakSet

import httpx

from cellwall.runtime.context import UserExecutionContext

SECONDS: Final = 30.0


@final
class HttpClients:
    """Makes clients over one transport, which holds the connections. Close it when the service stops.

    Example:
        clients = HttpClients()
        client = clients.create(context, headers={"authorization": f"Bearer {token}"})
        answer = await client.get("https://billing.example.org/invoices")
    """

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._transport = httpx.AsyncHTTPTransport(trust_env=False) if transport is None else transport

    def create(
        self,
        context: UserExecutionContext,
        *,
        base_url: str = "",
        headers: Mapping[str, str] | None = None,
        auth: httpx.Auth | tuple[str, str] | None = None,
        timeout: float = SECONDS,
    ) -> httpx.AsyncClient:
        """Make the client of one request, with a cookie jar of its own; it closes with the request.

        Neither `.netrc` nor proxy variables of the environment are read: they are the same for every user.

        Raises:
            ContextClosedError: the request has ended.
        """
        context.require_open()
        lent = _LentTransport(self._transport, context)
        client = httpx.AsyncClient(
            transport=lent,
            base_url=base_url,
            headers=dict(headers or {}),
            auth=auth,
            timeout=timeout,
            trust_env=False,
        )
        context.on_cleanup(client.aclose)
        return client

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.aclose()


@final
class _LentTransport(httpx.AsyncBaseTransport):
    """The shared transport as one request may use it: until its end, and without closing it."""

    def __init__(self, shared: httpx.AsyncBaseTransport, context: UserExecutionContext) -> None:
        self._shared = shared
        self._context = context
        self._open: WeakSet[_LentStream] = WeakSet()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._context.require_open()
        response = await self._shared.handle_async_request(request)
        stream = response.stream
        if not isinstance(stream, httpx.AsyncByteStream):  # pragma: no cover  # httpx promises one
            raise TypeError("the transport gave a response that cannot be read here")
        lent = _LentStream(stream, self._context)
        self._open.add(lent)
        response.stream = lent
        return response

    async def aclose(self) -> None:
        for stream in list(self._open):
            await stream.aclose()


@final
class _LentStream(httpx.AsyncByteStream):
    """A response's body as one request may read it."""

    def __init__(self, stream: httpx.AsyncByteStream, context: UserExecutionContext) -> None:
        self._stream = stream
        self._context = context
        self._closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            self._context.require_open()
            yield part

    async def aclose(self) -> None:
        if not self._closed:
            self._closed = True
            await self._stream.aclose()


_of_loop: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, HttpClients]] = WeakKeyDictionary()


def create_http_client(context: UserExecutionContext, **options: Any) -> httpx.AsyncClient:
    """Make the client of one request over the connections of this event loop; see `HttpClients.create`.

    Raises:
        ContextClosedError: the request has ended.
        RuntimeError: no event loop is running.

    Example:
        client = create_http_client(context, base_url="https://billing.example.org")
    """
    loop = asyncio.get_running_loop()
    clients = _of_loop.get(loop)
    if clients is None:
        clients = _of_loop[loop] = HttpClients()
    return clients.create(context, **options)


async def close_http_clients() -> None:
    """Close the connections of this event loop, when the service stops."""
    clients = _of_loop.pop(asyncio.get_running_loop(), None)
    if clients is not None:
        await clients.close()
