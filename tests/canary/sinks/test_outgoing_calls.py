"""httpx, aiohttp and requests: one cookie jar for two users sends one's cookie with the other's request."""

import asyncio
import http.server
import threading
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any

import aiohttp
import httpx
import pytest
import requests

from cellwall.canary import CanaryBook, Sink, Watch, serving, viewing
from cellwall.canary.sinks.aiohttp_calls import AiohttpSink
from cellwall.canary.sinks.httpx_calls import HttpxSink
from cellwall.canary.sinks.requests_calls import RequestsSink

book = CanaryBook(7)
ALICE, BOB = book.issue("alice").value, book.issue("bob").value

Fetch = Callable[..., Awaitable[str]]


class Upstream(http.server.BaseHTTPRequestHandler):
    """Sets the cookie that the path names, and answers the path itself."""

    def do_GET(self) -> None:
        self.send_response(200)
        if self.path.startswith("/login/"):
            self.send_header("Set-Cookie", f"sid={self.path.rpartition('/')[2]}; Path=/")
        body = self.path.encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    """Serve on this machine; by name, since aiohttp keeps no cookies of addresses."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Upstream) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
        thread.join()


class Httpx:
    sink: Sink = HttpxSink()

    async def __aenter__(self) -> Fetch:
        self.client = httpx.AsyncClient(trust_env=False)
        return self.fetch

    async def fetch(self, url: str, **options: Any) -> str:
        return (await self.client.get(url, **options)).text

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()


class HttpxOfThreads(Httpx):
    async def __aenter__(self) -> Fetch:
        self.sync = httpx.Client(trust_env=False)
        return self.fetch

    async def fetch(self, url: str, **options: Any) -> str:
        return (await asyncio.to_thread(partial(self.sync.get, url, **options))).text

    async def __aexit__(self, *_: object) -> None:
        self.sync.close()


class Aiohttp:
    sink: Sink = AiohttpSink()

    async def __aenter__(self) -> Fetch:
        self.session = aiohttp.ClientSession()
        return self.fetch

    async def fetch(self, url: str, **options: Any) -> str:
        async with self.session.get(url, **options) as response:
            return await response.text()

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()


class Requests:
    sink: Sink = RequestsSink()

    async def __aenter__(self) -> Fetch:
        self.session = requests.Session()
        self.session.trust_env = False
        return self.fetch

    async def fetch(self, url: str, **options: Any) -> str:
        return (await asyncio.to_thread(partial(self.session.get, url, **options))).text

    async def __aexit__(self, *_: object) -> None:
        self.session.close()


KINDS: list[Any] = [Httpx, HttpxOfThreads, Aiohttp, Requests]
kinds = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)


@kinds
async def test_anothers_cookie_in_ones_request_is_a_leak(kind: Any, url: str) -> None:
    with Watch(book, [kind.sink]) as watch:
        async with kind() as fetch:
            with viewing("alice"):
                await fetch(f"{url}/login/{ALICE}")
                await fetch(f"{url}/me")
            assert watch.sightings == []
            with viewing("bob"):
                await fetch(f"{url}/me")
    assert [(one.sink, one.owner, one.viewer, one.where, one.reach) for one in watch.sightings] == [
        (kind.sink.name, "alice", "bob", f"GET {url}/me credentials", "carried")
    ]


@kinds
async def test_what_comes_back_is_shown_to_the_user_or_read_by_the_service(kind: Any, url: str) -> None:
    with Watch(book, [kind.sink]) as watch, viewing("bob"):
        async with kind() as fetch:
            with serving():
                await fetch(f"{url}/{ALICE}")
            assert (len(watch.sightings), len(watch.hints)) == (0, 2)
            await fetch(f"{url}/{ALICE}")
    assert [one.where for one in watch.sightings] == [f"GET {url}/{ALICE} body"]


@kinds
async def test_a_request_that_mixes_two_users_is_a_leak(kind: Any, url: str) -> None:
    with Watch(book, [kind.sink]) as watch, viewing("bob"), serving():
        async with kind() as fetch:
            await fetch(f"{url}/{BOB}", headers={"x-account": ALICE})
    assert [one.where for one in watch.sightings] == [f"GET {url}/{BOB} request"]


@kinds
async def test_two_correct_users_report_nothing(kind: Any, url: str) -> None:
    with Watch(book, [kind.sink]) as watch:
        for user, value in (("alice", ALICE), ("bob", BOB)):
            async with kind() as fetch:
                with viewing(user):
                    await fetch(f"{url}/login/{value}")
                    await fetch(f"{url}/{value}", headers={"authorization": f"Bearer {value}"})
    assert (watch.sightings, watch.hints) == ([], [])


def test_a_double_that_answers_whole_is_seen_and_not_broken() -> None:
    """`httpx.Response(200, text=...)` reads itself before it belongs to a request; respx makes such ones."""
    book = CanaryBook()
    alice = book.issue("alice").value
    double = httpx.MockTransport(lambda request: httpx.Response(200, text=f"of {alice}"))
    with Watch(book, [HttpxSink()]) as watch, httpx.Client(transport=double) as client, viewing("bob"):
        assert client.get("http://shop/notes").text == f"of {alice}"
    assert any("body" in each.where for each in (*watch.sightings, *watch.hints))
