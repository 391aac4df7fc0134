"""Calls a service at a URL through httpx: to one resolved address, no redirect followed, within limits."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, final

from cellwall.audit.errors import NotReachedError
from cellwall.audit.exchange import Request, Response
from cellwall.audit.loopback import Destination
from cellwall.audit.transport import AnswerLimits, ChannelStream
from cellwall.audit.url_channel import open_url_channel

if TYPE_CHECKING or find_spec("httpx") is not None:
    import httpx


@final
class UrlTransport:
    """One service at an address of this machine, or at one that the user allowed."""

    def __init__(self, to: Destination, *, limits: AnswerLimits | None = None) -> None:
        """Take a destination that was judged by `loopback.destination`.

        Raises:
            NotReachedError: httpx is not installed.
        """
        if find_spec("httpx") is None:
            raise NotReachedError("--url needs httpx: install cellwall[audit]")
        self.base: str = to.origin
        self._to = to
        self._limits = limits or AnswerLimits()
        # No proxy, no .netrc, no redirect: nothing but the address that was judged is ever connected to.
        self._client = httpx.AsyncClient(
            trust_env=False,
            follow_redirects=False,
            timeout=self._limits.seconds,
            headers={"accept": "*/*", "accept-encoding": "identity"},
        )

    async def send(self, request: Request) -> Response:
        """Send one request; of a body that is too large or too slow, the beginning is given."""
        url = httpx.URL(
            scheme=self._to.scheme,
            host=self._to.address,
            port=self._to.port,
            raw_path=request.path.encode("latin-1"),
        )
        headers = [("host", self.base.partition("//")[2]), *request.headers]
        extensions = {"sni_hostname": self._to.host} if self._to.scheme == "https" else {}
        built = self._client.build_request(
            request.method, url, headers=headers, content=request.body or None, extensions=extensions
        )
        self._client.cookies.clear()  # whose cookies are whose is not httpx's to know
        try:
            async with asyncio.timeout(self._limits.seconds):
                answer = await self._client.send(built, stream=True)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, TimeoutError) as error:
            return Response(0, failure=f"no answer: {type(error).__name__}")
        try:
            return await self._whole(answer)
        finally:
            await answer.aclose()

    async def _whole(self, answer: httpx.Response) -> Response:
        parts, size, cut, failure = list[bytes](), 0, False, ""
        try:
            async with asyncio.timeout(self._limits.seconds):
                async for part in answer.aiter_raw():  # never unpacked: a small body may be huge
                    parts.append(part[: self._limits.body - size])
                    size += len(part)
                    if size > self._limits.body:
                        cut = True
                        break
        except (httpx.HTTPError, OSError, ValueError, TimeoutError) as error:
            cut, failure = True, f"the answer did not end: {type(error).__name__}"
        return Response(
            answer.status_code, tuple(answer.headers.multi_items()), b"".join(parts), cut=cut, failure=failure
        )

    async def open_channel(self, path: str, headers: Sequence[tuple[str, str]]) -> ChannelStream:
        """Open a WebSocket of the service.

        Raises:
            ChannelRefusedError: it does not accept, or websockets is not installed.
        """
        return await open_url_channel(self._to, path, headers, self._limits)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()
