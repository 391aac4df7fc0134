"""WebSocket frames, for the user at the other end: sent by ASGI applications, or received by a client."""

from __future__ import annotations

import sys
from typing import Any, final

from cellwall.canary.asgi_calls import Message, Scope, Show, install_calls, place_of
from cellwall.canary.chunks import Chunks
from cellwall.canary.patching import undo_all, wrap
from cellwall.canary.serving import is_serving
from cellwall.canary.sighting import Reach
from cellwall.canary.sink import Uninstall
from cellwall.canary.watch import Watch


@final
class WebSocketSink:
    """Frames belong to whose connection it is, whichever user's task sends them."""

    name = "websocket"
    library = ""
    scope_types: tuple[str, ...] = ("websocket",)

    def install(self, watch: Watch) -> Uninstall:
        """Begin to watch calls, and clients of the library `websockets`."""
        steps = [install_calls(watch, self)]
        client = sys.modules.get("websockets.asyncio.connection")
        if client is not None:
            steps.append(wrap(client.Connection, "recv", lambda recv: _received(watch, recv)))
        return undo_all(steps)

    def begin(self, watch: Watch, scope: Scope, viewer: str | None) -> Show:
        """Read one connection, frame by frame; a value split over two frames is seen too."""
        place = place_of(scope)
        stream = Chunks(watch.book.longest)

        def show(message: Message) -> None:
            if message["type"] == "websocket.send":
                frame = message.get("bytes") or (message.get("text") or "").encode()
                watch.observe(self.name, stream.feed(frame), f"{place} frame", viewer=viewer)
            elif message["type"] in ("websocket.accept", "websocket.close"):
                rest = [message.get("headers", ()), message.get("subprotocol"), message.get("reason")]
                watch.observe(self.name, rest, f"{place} {message['type'].partition('.')[2]}", viewer=viewer)

        return show

    def failed(self, watch: Watch, scope: Scope, viewer: str | None, error: BaseException) -> None:
        """Leave what was raised to the sink of exceptions."""


def _received(watch: Watch, original: Any) -> Any:
    async def recv(self: Any, *args: Any, **options: Any) -> Any:
        frame = await original(self, *args, **options)
        reach = Reach.READ if is_serving() else Reach.SHOWN
        watch.observe("websocket", frame, "frame received by a client", reach=reach)
        return frame

    return recv
