"""Frames are the connection's: a broadcast in Alice's task that reaches Bob is Bob's to see."""

from typing import Any

from cellwall.canary import CanaryBook, Watch, call_watched, viewing
from cellwall.canary.sinks.websocket import WebSocketSink

book = CanaryBook(7)
ALICE, BOB = book.issue("alice").value, book.issue("bob").value

Sends = list[Any]


async def connect(app: Any, user: str) -> None:
    """Run one connection of `user`."""

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        assert message

    with viewing(user):
        await call_watched(app, {"type": "websocket", "path": "/ws", "headers": []}, receive, send)


class Broadcast:
    """Keeps the connections of all, and tells all what the last one says."""

    def __init__(self) -> None:
        self.sends: Sends = []
        self.says: dict[str, Any] = {"text": "hello"}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})
        self.sends.append(send)
        for each in self.sends:
            await each({"type": "websocket.send", **self.says})


async def test_a_frame_is_for_whose_connection_it_is() -> None:
    app = Broadcast()
    with Watch(book, [WebSocketSink()]) as watch:
        await connect(app, "bob")
        app.says = {"text": f"from {ALICE}"}
        await connect(app, "alice")
    assert [(one.owner, one.viewer, one.where) for one in watch.sightings] == [
        ("alice", "bob", "websocket /ws frame")
    ]


async def test_bytes_and_frames_that_split_a_value_are_seen() -> None:
    app = Broadcast()
    app.says = {"bytes": ALICE[:10].encode()}
    with Watch(book, [WebSocketSink()]) as watch:
        await connect(app, "bob")
        assert watch.sightings == []
        app.says = {"bytes": ALICE[10:].encode()}
        await connect(app, "alice")
    assert [one.viewer for one in watch.sightings] == ["bob"]
