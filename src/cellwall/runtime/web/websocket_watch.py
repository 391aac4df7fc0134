"""An open WebSocket between server and application: it lives no longer than its token is good."""

import asyncio
from collections.abc import Callable
from typing import Final, final

from cellwall.runtime.errors import ResourceExhaustedError, TokenError
from cellwall.runtime.web.asgi import Message, Receive, Send
from cellwall.runtime.web.problem import CLOSE_REFUSED, Problem

RECHECK_SECONDS: Final = 30.0


@final
class WatchedWebSocket:
    """Asks `check` before every message in either direction, and every `recheck` seconds while none comes.

    When the token has expired or was revoked the WebSocket is closed (1008), nothing more is sent, and
    whatever the client still says reaches the application as a disconnect.
    """

    def __init__(
        self,
        receive: Receive,
        send: Send,
        *,
        check: Callable[[], object],
        recheck: float,
        subprotocol: str | None = None,
    ) -> None:
        self._receive = receive
        self._send = send
        self._check = check
        self._recheck = recheck
        self._subprotocol = subprotocol
        self._closing: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(recheck, self._look)
        self.accepted: bool = False
        self.ended: bool = False

    async def receive(self) -> Message:
        """Give the client's next message; a disconnect when the token is good no more."""
        message = await self._receive()
        if self.ended or (self.accepted and await self._closed_by_check()):
            return {"type": "websocket.disconnect", "code": CLOSE_REFUSED, "reason": ""}
        return message

    async def send(self, message: Message) -> None:
        """Send a message; an accept names the subprotocol by which the token came, when it names none."""
        kind = message["type"]
        if self.ended or (self.accepted and kind == "websocket.send" and await self._closed_by_check()):
            return
        if kind == "websocket.accept":
            self.accepted = True
            if self._subprotocol is not None and not message.get("subprotocol"):
                message = {**message, "subprotocol": self._subprotocol}
        elif kind != "websocket.send":  # a close, or a response in place of an accept
            self.ended = kind == "websocket.close"
        await self._send(message)

    async def close(self, code: int) -> None:
        """Close with this code, once."""
        await self.send({"type": "websocket.close", "code": code})

    async def end(self) -> None:
        """Watch no longer."""
        self._timer.cancel()
        closing, self._closing = self._closing, None
        if closing is not None:
            closing.cancel()
            await asyncio.wait({closing})

    async def _closed_by_check(self) -> bool:
        refusal = self._refusal()
        if refusal is not None:
            await self.close(refusal.close_code)
        return refusal is not None

    def _look(self) -> None:
        if self.ended:
            return
        loop = asyncio.get_running_loop()
        refusal = self._refusal() if self.accepted else None
        if refusal is None:
            self._timer = loop.call_later(self._recheck, self._look)
        else:
            self._closing = loop.create_task(self.close(refusal.close_code), name="cellwall-websocket-close")

    def _refusal(self) -> Problem | None:
        try:
            self._check()
        except (TokenError, ResourceExhaustedError) as error:
            return Problem.of(error)
        return None
