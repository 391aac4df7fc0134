"""A service at a URL may be huge, slow, binary or lead elsewhere: it is asked once, within limits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from cellwall.audit.exchange import Request
from cellwall.audit.loopback import destination
from cellwall.audit.transport import AnswerLimits
from cellwall.audit.url_transport import UrlTransport

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nconnection: close\r\n"


@asynccontextmanager
async def serving(write: Callable[[asyncio.StreamWriter], object]) -> AsyncIterator[tuple[str, list[bytes]]]:
    asked: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        try:
            await write(writer)  # type: ignore[misc]
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked


async def ask(url: str, path: str = "/", limits: AnswerLimits | None = None) -> object:
    transport = UrlTransport(destination(url), limits=limits or AnswerLimits(body=1000, seconds=1))
    try:
        return await transport.send(Request("GET", path, (("cookie", "a=b"),)))
    finally:
        await transport.aclose()


async def test_a_redirect_is_an_answer_and_not_followed() -> None:
    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 302 Found\r\nlocation: http://192.0.2.1/\r\ncontent-length: 0\r\n\r\n")

    async with serving(write) as (url, asked):
        response = await ask(url)
    assert response.status == 302  # type: ignore[attr-defined]
    assert len(asked) == 1
    assert b"cookie: a=b" in asked[0]


async def test_of_a_huge_answer_the_beginning_is_taken() -> None:
    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"\r\n")
        for _ in range(10_000):
            writer.write(b"x" * 10_000)
            await writer.drain()

    async with serving(write) as (url, _):
        response = await ask(url)
    assert (len(response.body), response.cut) == (1000, True)  # type: ignore[attr-defined]


async def test_an_answer_that_does_not_end_is_cut() -> None:
    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"\r\nbegun")
        await writer.drain()
        await asyncio.sleep(30)

    async with serving(write) as (url, _):
        response = await ask(url, limits=AnswerLimits(seconds=0.2))
    assert (response.body, response.cut) == (b"begun", True)  # type: ignore[attr-defined]
    assert "did not end" in response.failure  # type: ignore[attr-defined]


async def test_what_is_packed_is_not_unpacked() -> None:
    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"content-encoding: gzip\r\n\r\n" + b"\x1f\x8b\xff\x00")

    async with serving(write) as (url, _):
        response = await ask(url)
    assert response.body == b"\x1f\x8b\xff\x00"  # type: ignore[attr-defined]
    assert response.json is None  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "garbage",
    [b"", b"\x00\xff\xfe", b"HTTP/1.1 999999 X\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 5000],
)
async def test_what_is_no_answer_is_said_to_be_none(garbage: bytes) -> None:
    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(garbage)

    async with serving(write) as (url, _):
        response = await ask(url)
    assert response.status == 0  # type: ignore[attr-defined]
    assert response.failure  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["//192.0.2.1/", "/@192.0.2.1/", "/\\192.0.2.1", "/x?u=http://192.0.2.1"])
async def test_no_path_leads_to_another_address(path: str) -> None:
    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"content-length: 2\r\n\r\nhi")

    async with serving(write) as (url, asked):
        response = await ask(url, path)
    assert response.status == 200  # type: ignore[attr-defined]
    assert len(asked) == 1
