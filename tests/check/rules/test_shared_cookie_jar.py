"""A client with the cookies of all."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "shared-cookie-jar"
FOUND = [
    pytest.param(
        """
        import httpx
        class P:
            async def go(self, request, url):
                sent = {k: v for k, v in request.headers.items()}
                return await self.http_client.request("GET", url, headers=sent)
        """,
        [5],
        id="a dictionary of headers",
    ),
]
SILENT = [
    pytest.param(
        """
        import httpx
        async def go(request, url):
            async with httpx.AsyncClient() as client:
                return await client.get(url, headers=request.headers)
        """,
        id="a client for each request",
    ),
    pytest.param(
        """
        import aiohttp
        class P:
            def __init__(self):
                self.client = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
            async def go(self, request, url):
                return await self.client.get(url, headers=request.headers)
        """,
        id="no cookies at all",
    ),
    pytest.param(
        """
        import httpx
        class P:
            async def go(self, url):
                return await self.client.get(url, headers={"a": "b"})
        """,
        id="headers of its own",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
