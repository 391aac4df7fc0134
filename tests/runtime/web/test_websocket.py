"""The wall around WebSockets: refused before accepted, and open no longer than the token is good."""

import asyncio
import json
from typing import Any

import pytest

from cellwall import TokenIssuer, current_context
from cellwall.runtime.errors import RateLimitedError, TokenInvalidError
from cellwall.runtime.limits import MemoryRateLimiter, Rate
from cellwall.runtime.web import CellwallMiddleware, Credentials

Fake = Any


class Echo:
    """Accepts, answers every text with it, and remembers what it saw."""

    def __init__(self) -> None:
        self.contexts: list[Any] = []
        self.scopes: list[Any] = []
        self.heard: list[str] = []
        self.error: Exception | None = None
        self.accepted = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.contexts.append(current_context())
        self.scopes.append(dict(scope))
        assert (await receive())["type"] == "websocket.connect"
        await send({"type": "websocket.accept"})
        self.accepted.set()
        while (message := await receive())["type"] != "websocket.disconnect":
            self.heard.append(message["text"])
            if self.error is not None:
                raise self.error
            await send({"type": "websocket.send", "text": message["text"]})


@pytest.fixture
def echo() -> Echo:
    return Echo()


async def run(app: Any, peer: Fake) -> None:
    async with asyncio.timeout(10):
        await app(peer.scope, peer.receive, peer.send)


async def test_a_context_for_as_long_as_it_is_open(issuer: TokenIssuer, echo: Echo, websocket: Fake) -> None:
    peer = websocket(issuer.generate_token("ada"))
    peer.say_text("hello")
    peer.leave()
    await run(CellwallMiddleware(echo, tokens=issuer), peer)
    (context,) = echo.contexts
    assert context.user_id == "ada" and context.closed
    assert peer.kinds == ["websocket.accept", "websocket.send"]
    assert current_context() is None and "cellwall.context" not in peer.scope
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_refused_before_it_is_accepted(issuer: TokenIssuer, echo: Echo, websocket: Fake) -> None:
    app = CellwallMiddleware(echo, tokens=issuer, limiter=MemoryRateLimiter(Rate(1, seconds=3600)))
    good = issuer.generate_token("ada")
    elsewhere: list[dict[str, Any]] = [
        {"query": b"token=" + good.encode()},
        {"cookie": f"token={good}"},
        {"subprotocols": ["token", good]},
    ]
    for peer in (websocket(), websocket("bad"), *(websocket(**place) for place in elsewhere)):
        await run(app, peer)
        assert peer.sent == [{"type": "websocket.close", "code": 1008}]
    peer = websocket(denial=True)
    await run(app, peer)
    assert peer.kinds == ["websocket.http.response.start", "websocket.http.response.body"]
    assert peer.sent[0]["status"] == json.loads(peer.sent[1]["body"])["status"] == 401
    assert echo.contexts == []
    first, second = websocket(good), websocket(good)
    first.leave()
    for peer in (first, second):
        await run(app, peer)
    assert second.sent == [{"type": "websocket.close", "code": 1013}] and len(echo.contexts) == 1


async def test_the_token_as_a_subprotocol(issuer: TokenIssuer, echo: Echo, websocket: Fake) -> None:
    app = CellwallMiddleware(echo, tokens=issuer, credentials=Credentials(websocket_protocol="bearer"))
    token = issuer.generate_token("ada")
    peer = websocket(subprotocols=["chat", "bearer", token, "json"])
    peer.leave()
    await run(app, peer)
    assert peer.sent[0]["subprotocol"] == "bearer"
    assert echo.scopes[0]["subprotocols"] == ["chat", "json"]
    for offered in (["bearer"], ["bearer", "bad"], [token, "bearer"], ["Bearer", token]):
        peer = websocket(subprotocols=offered)
        await run(app, peer)
        assert peer.kinds == ["websocket.close"]


async def test_the_token_in_the_query(issuer: TokenIssuer, echo: Echo, websocket: Fake, client: Fake) -> None:
    app = CellwallMiddleware(echo, tokens=issuer, credentials=Credentials(websocket_query="token"))
    token = issuer.generate_token("ada")
    peer = websocket(query=f"room=1%262&token={token}&x=".encode())
    peer.leave()
    await run(app, peer)
    assert echo.contexts[0].user_id == "ada"
    assert peer.scope["query_string"] == b"room=1%262&x="  # where the server's access log reads it
    for query in (
        b"token=bad",
        f"token={token}&token={token}".encode(),
        b"token=",
        b"Token=" + token.encode(),
    ):
        peer = websocket(query=query)
        await run(app, peer)
        assert peer.kinds == ["websocket.close"]
    scope = client.http() | {"query_string": f"token={token}".encode()}
    assert (await client.ask(app, scope)).status == 401  # for WebSockets alone


async def test_a_cookie_only_from_our_own_pages(issuer: TokenIssuer, echo: Echo, websocket: Fake) -> None:
    app = CellwallMiddleware(echo, tokens=issuer, credentials=Credentials(cookie="token"))
    cookie = f"token={issuer.generate_token('ada')}"
    for headers, kinds in (
        ({"host": "here", "origin": "http://here"}, ["websocket.accept"]),
        ({"host": "here", "origin": "http://evil"}, ["websocket.close"]),
        ({"host": "here"}, ["websocket.close"]),
    ):
        peer = websocket(cookie=cookie, **headers)
        peer.leave()
        await run(app, peer)
        assert peer.kinds == kinds


async def test_it_ends_with_its_token(issuer: TokenIssuer, echo: Echo, websocket: Fake, clock: Fake) -> None:
    app = CellwallMiddleware(echo, tokens=issuer, recheck_seconds=3600)
    peer = websocket(issuer.generate_token("ada", expires_in=60))
    task = asyncio.create_task(run(app, peer))
    await echo.accepted.wait()
    clock.now += 61
    peer.say_text("still there?")
    await task
    assert echo.heard == []
    assert peer.sent[1:] == [{"type": "websocket.close", "code": 1008}]
    assert echo.contexts[0].closed


async def test_an_idle_one_ends_too(issuer: TokenIssuer, echo: Echo, websocket: Fake) -> None:
    app = CellwallMiddleware(echo, tokens=issuer, recheck_seconds=0.01)
    peer = websocket(issuer.generate_token("ada"))
    task = asyncio.create_task(run(app, peer))
    await echo.accepted.wait()
    await asyncio.sleep(0.03)
    assert not task.done()
    await issuer.revoke_user("ada")
    await task
    assert peer.sent[1:] == [{"type": "websocket.close", "code": 1008}]
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_nothing_is_sent_for_a_token_that_was_revoked(issuer: TokenIssuer, websocket: Fake) -> None:
    sent = asyncio.Event()

    async def pushing(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": "1"})
        await issuer.revoke_user("ada")
        for text in ("2", "3"):
            await send({"type": "websocket.send", "text": text})
        await send({"type": "websocket.close", "code": 1000})
        sent.set()

    peer = websocket(issuer.generate_token("ada"))
    await run(CellwallMiddleware(pushing, tokens=issuer), peer)
    assert sent.is_set()
    assert [message.get("text") for message in peer.sent] == [None, "1", None]
    assert peer.sent[-1] == {"type": "websocket.close", "code": 1008}


async def test_errors_that_are_answers(issuer: TokenIssuer, echo: Echo, websocket: Fake) -> None:
    for error, code in ((RateLimitedError("x", 1), 1013), (TokenInvalidError("x"), 1008)):
        echo.error = error
        peer = websocket(issuer.generate_token("ada"))
        peer.say_text("go")
        await run(CellwallMiddleware(echo, tokens=issuer), peer)
        assert peer.sent[-1] == {"type": "websocket.close", "code": code}
    echo.error = ZeroDivisionError()
    peer = websocket(issuer.generate_token("ada"))
    peer.say_text("go")
    with pytest.raises(ZeroDivisionError):
        await run(CellwallMiddleware(echo, tokens=issuer), peer)
    assert all(context.closed for context in echo.contexts)


async def test_cancelled_while_it_waits(issuer: TokenIssuer, echo: Echo, websocket: Fake) -> None:
    peer = websocket(issuer.generate_token("ada"))
    task = asyncio.create_task(run(CellwallMiddleware(echo, tokens=issuer), peer))
    await echo.accepted.wait()
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled() and echo.contexts[0].closed
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_public_ones(issuer: TokenIssuer, echo: Echo, websocket: Fake) -> None:
    peer = websocket(path="/public")
    peer.leave()
    await run(CellwallMiddleware(echo, tokens=issuer, public_paths=["/public"]), peer)
    assert echo.contexts == [None] and peer.kinds == ["websocket.accept"]
