"""A channel behind a URL goes to the address that was judged, whatever a server or the environment says."""

from __future__ import annotations

import asyncio

import pytest

from cellwall.audit.exchange import Request
from cellwall.audit.loopback import destination
from cellwall.audit.transport import AnswerLimits, ChannelRefusedError
from cellwall.audit.url_transport import UrlTransport
from tests.audit.test_url_transport import serving


async def test_no_redirect_is_followed_and_no_proxy_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

    async with serving(nothing) as (elsewhere, strayed):

        async def redirect(writer: asyncio.StreamWriter) -> None:
            head = f"HTTP/1.1 302 Found\r\nlocation: {elsewhere}/x\r\ncontent-length: 0\r\n\r\n"
            writer.write(head.encode())

        for name in ("http_proxy", "https_proxy", "all_proxy", "ws_proxy"):
            monkeypatch.setenv(name, elsewhere)
            monkeypatch.setenv(name.upper(), elsewhere)
        async with serving(redirect) as (url, asked):
            transport = UrlTransport(destination(url), limits=AnswerLimits(seconds=5))
            with pytest.raises(ChannelRefusedError):
                await transport.open_channel("/ws", [("authorization", "Bearer t")])
            assert (await transport.send(Request("GET", "/"))).status == 302
            await transport.aclose()
    assert strayed == []
    assert len(asked) == 2
    assert b"upgrade: websocket" in asked[0].lower()
    assert b"Bearer t" in asked[0]


async def test_where_nobody_listens_it_is_refused() -> None:
    with pytest.raises(ChannelRefusedError):
        await UrlTransport(destination("http://127.0.0.1:9")).open_channel("/ws", [])
