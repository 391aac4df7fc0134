"""Outgoing calls: connections are shared, and nothing that says who calls."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from cellwall import UserExecutionContext, cleanup_user_context
from cellwall.runtime.errors import ContextClosedError
from cellwall.runtime.http_client import HttpClients, close_http_clients, create_http_client


class Server:
    """A server on loopback that gives everybody a cookie, and tells what it was told."""

    def __init__(self) -> None:
        self.requests: list[dict[str, str]] = []
        self.connections = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode().split("\r\n")
                fields = dict(line.split(": ", 1) for line in lines[1:-2])
                self.requests.append({name.lower(): value for name, value in fields.items()})
                name = lines[0].split()[1].strip("/")
                writer.write(b"HTTP/1.1 200 OK\r\nset-cookie: session=%b\r\n" % name.encode())
                if name == "endless":
                    writer.write(b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n")
                else:
                    writer.write(b"content-length: 2\r\n\r\nok")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def __aenter__(self) -> "Server":
        self.server = await asyncio.start_server(self.handle, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Server() as running:
        yield running


@pytest.fixture
async def clients() -> AsyncIterator[HttpClients]:
    made = HttpClients()
    yield made
    await made.close()


def user(name: str) -> UserExecutionContext:
    return UserExecutionContext.create_for_user(name)


async def test_cookies_and_credentials_are_ones_own(server: Server, clients: HttpClients) -> None:
    ada, bob = user("ada"), user("bob")
    first = clients.create(ada, base_url=server.url, headers={"authorization": "Bearer ada"})
    second = clients.create(bob, base_url=server.url)
    await first.get("/ada")
    await second.get("/bob")
    await first.get("/again")
    await second.get("/again")
    assert [request.get("cookie") for request in server.requests] == [
        None,
        None,
        "session=ada",
        "session=bob",
    ]
    assert [request.get("authorization") for request in server.requests] == [
        "Bearer ada",
        None,
        "Bearer ada",
        None,
    ]
    assert server.connections == 1
    for context in (ada, bob):
        await cleanup_user_context(context)
    third = clients.create(user("ada"), base_url=server.url)
    await third.get("/new")
    assert server.requests[-1].get("cookie") is None
    assert server.connections == 1  # the connection outlived the requests that used it
    await third.aclose()


async def test_after_the_request_it_refuses(server: Server, clients: HttpClients) -> None:
    context = user("ada")
    client = clients.create(context, base_url=server.url)
    await client.get("/one")
    await cleanup_user_context(context)
    assert client.is_closed
    with pytest.raises(RuntimeError):
        await client.get("/two")
    with pytest.raises(ContextClosedError):
        await client._transport.handle_async_request(httpx.Request("GET", server.url))
    with pytest.raises(ContextClosedError):
        clients.create(context)
    assert len(server.requests) == 1


async def test_a_body_that_is_not_read_to_its_end(server: Server, clients: HttpClients) -> None:
    context = user("ada")
    client = clients.create(context, base_url=server.url)
    response = await client.send(client.build_request("GET", "/endless"), stream=True)
    parts = response.aiter_raw()
    assert await anext(parts) == b"abc"
    await cleanup_user_context(context)
    with pytest.raises((ContextClosedError, httpx.StreamError, httpx.TransportError, StopAsyncIteration)):
        await anext(parts)
    other = clients.create(user("bob"), base_url=server.url)
    assert (await other.get("/bob")).text == "ok"
    assert server.connections == 2  # the half-read one was dropped, not given to bob
    await other.aclose()


async def test_the_environment_says_nothing(
    server: Server, clients: HttpClients, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login shared password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with clients.create(user("ada"), base_url=server.url) as client:
        await client.get("/ada")
    assert "authorization" not in server.requests[0]


async def test_one_transport_for_an_event_loop(server: Server) -> None:
    for name in ("ada", "bob"):
        async with create_http_client(user(name), base_url=server.url) as client:
            await client.get(f"/{name}")
    assert server.connections == 1
    assert [request.get("cookie") for request in server.requests] == [None, None]
    await close_http_clients()
    await close_http_clients()


async def test_a_transport_of_ones_own() -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, text=request.url.path))
    client = HttpClients(transport).create(user("ada"), base_url="http://service", auth=("ada", "pw"))
    assert (await client.get("/x")).text == "/x"
    assert client.auth is not None
    await client.aclose()


async def test_many_requests_at_once_with_cancellations(server: Server, clients: HttpClients) -> None:
    async def request(name: str) -> None:
        context = user(name)
        try:
            client = clients.create(context, base_url=server.url)
            for _ in range(2):
                await client.get(f"/{name}")
        finally:
            await cleanup_user_context(context)

    tasks = [asyncio.create_task(request(f"user-{number}")) for number in range(40)]
    for number, task in enumerate(tasks):
        if number % 4 == 0:
            for _ in range(number % 7):
                await asyncio.sleep(0)
            task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    cookies = [request.get("cookie") for request in server.requests]
    named = [cookie.removeprefix("session=") for cookie in cookies if cookie]
    assert len(named) == len(set(named)) >= 30  # each user's second request carries their own, once
