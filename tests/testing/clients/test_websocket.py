"""The WebSocket client meets every way in which a connection goes."""

import asyncio
from typing import Any

import pytest

from cellwall.canary import CanaryBook, Watch, viewing
from cellwall.canary.sinks.websocket import WebSocketSink
from cellwall.testing.clients import UserClient, WebSocketClient, WebSocketClosedError, WebSocketRefusedError
from tests.testing.clients.service import service


async def test_frames_go_both_ways() -> None:
    async with WebSocketClient(service(), "/ws", subprotocols=["chat"]) as socket:
        assert socket.subprotocol == "chat"
        assert await socket.receive_json() == {"sid": None}
        await socket.send("hello")
        assert await socket.receive() == b"hello"
        await socket.send_json([1])
        assert await socket.receive() == b"[1]"


async def test_the_application_closes() -> None:
    async with WebSocketClient(service(), "/ws") as socket:
        await socket.receive()
        await socket.send("close")
        for _ in range(2):
            with pytest.raises(WebSocketClosedError) as caught:
                await socket.receive()
            assert (caught.value.code, caught.value.reason) == (4000, "asked for")
        with pytest.raises(WebSocketClosedError):
            await socket.send("more")


async def test_the_application_returns_or_raises() -> None:
    async with WebSocketClient(service(), "/ws") as socket:
        await socket.receive()
        await socket.send("return")
        with pytest.raises(WebSocketClosedError, match="1006"):
            await socket.receive()
    with pytest.raises(RuntimeError, match="broken"):
        async with WebSocketClient(service(), "/ws") as socket:
            await socket.receive()
            await socket.send("fail")
            await socket.receive()
    with pytest.raises(RuntimeError, match="broken"):
        async with WebSocketClient(service(), "/ws") as socket:
            await socket.send("fail")


@pytest.mark.parametrize(
    ("path", "code", "status"), [("/closed", 4003, 0), ("/denied", 0, 403), ("/none", 0, 404)]
)
async def test_a_connection_is_refused(path: str, code: int, status: int) -> None:
    with pytest.raises(WebSocketRefusedError) as caught:
        async with WebSocketClient(service(), path):
            pass
    assert (caught.value.code, caught.value.status) in ((code, status), (1000, 0))


async def test_who_has_gone_cannot_be_sent_to() -> None:
    failed = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})
        while (await receive())["type"] != "websocket.disconnect":
            pass
        try:
            await send({"type": "websocket.send", "text": "too late"})
        except OSError as error:
            failed.append(error)

    async with WebSocketClient(app, "/"):
        pass
    assert len(failed) == 1


async def test_an_application_that_does_not_return_is_cancelled() -> None:
    cancelled = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    async with WebSocketClient(app, "/", grace=0.01):
        pass
    assert cancelled == [True]


async def test_a_client_that_is_cancelled_while_it_connects_leaves_nothing() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.Event().wait()

    before = asyncio.all_tasks()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await WebSocketClient(app, "/", grace=0.01).__aenter__()
    assert asyncio.all_tasks() == before


async def test_a_broadcast_that_reaches_another_is_seen() -> None:
    book, sockets = CanaryBook(1), []
    alice = book.issue("alice").value

    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert (await receive())["type"] == "websocket.connect"
        await send({"type": "websocket.accept"})
        sockets.append(send)
        while (message := await receive())["type"] == "websocket.receive":
            for each in sockets:
                await each({"type": "websocket.send", "text": message["text"]})

    async def user(name: str, says: str) -> None:
        with viewing(name):
            async with UserClient(app).websocket("/ws") as socket:
                await both.wait()
                await socket.send(says)
                await socket.receive()
                await both.wait()

    both = asyncio.Barrier(2)
    with Watch(book, [WebSocketSink()]) as watch:
        await asyncio.gather(user("alice", alice), user("bob", "hello"))
    assert [(one.owner, one.viewer) for one in watch.sightings] == [("alice", "bob")]
