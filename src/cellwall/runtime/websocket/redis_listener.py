"""The receiving half of the Redis broker: one subscribed connection, made anew when it breaks."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import Any, Final, final

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from cellwall.runtime.identity import fresh_id
from cellwall.runtime.websocket.backoff import Backoff
from cellwall.runtime.websocket.ending import end_task
from cellwall.runtime.websocket.inbox import Inbox
from cellwall.runtime.websocket.wire import decode_message

_log: Final = logging.getLogger(__name__)

CHUNK: Final = 500  # channels in one command when everything is subscribed again


@final
class RedisListener:
    """Hands what arrives on a channel to the inboxes of its one user.

    Channels are subscribed by name, never by pattern, so that no name reaches another user's channel.
    """

    def __init__(self, redis: Redis, prefix: str, timeout: float, backoff: Backoff) -> None:
        self.connected: bool = False
        self._redis: Final = redis
        self._timeout: Final = timeout
        self._backoff: Final = backoff
        self._own: Final = f"{prefix}:listener:{fresh_id()}"  # so that there always is a subscription
        self._inboxes: dict[str, dict[Inbox, None]] = {}
        self._confirmations: dict[str, deque[asyncio.Future[None]]] = {}
        self._pubsub: PubSub | None = None
        self._commands = asyncio.Lock()  # what is wanted is read and said to Redis in one go
        self._tried = asyncio.Event()
        self._task = asyncio.create_task(self._run(), name="cellwall-redis-listener")

    async def started(self) -> None:
        """Wait until the first connection is made, or has failed."""
        await self._tried.wait()

    async def add(self, channel: str, inbox: Inbox) -> None:
        """Hand over what arrives on `channel`; returns when Redis has confirmed it, or is away."""
        self._inboxes.setdefault(channel, {})[inbox] = None
        confirmed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        async with self._commands:
            pubsub = self._pubsub
            if pubsub is None:
                return
            self._confirmations.setdefault(channel, deque()).append(confirmed)
            await self._say(pubsub.subscribe(channel))
        await asyncio.wait({confirmed}, timeout=self._timeout)

    async def remove(self, channel: str, inbox: Inbox) -> None:
        """Hand over nothing more."""
        self._inboxes.get(channel, {}).pop(inbox, None)
        if self._inboxes.get(channel):
            return
        self._inboxes.pop(channel, None)
        async with self._commands:
            if self._pubsub is not None and channel not in self._inboxes:
                await self._say(self._pubsub.unsubscribe(channel))

    async def close(self) -> None:
        """End, whatever arrives."""
        await end_task(self._task)

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except Exception as error:  # whatever arrives, this task goes on
                if self.connected or not self._tried.is_set():
                    _log.warning("Redis brings no messages: %s", type(error).__name__)
            finally:
                self._broken()
            await asyncio.sleep(self._backoff.next_wait())

    async def _listen(self) -> None:
        pubsub: Any = self._redis.pubsub()
        try:
            await pubsub.subscribe(self._own)
            self._pubsub = pubsub
            await self._subscribe_all(pubsub)
            quiet = False
            while True:
                message = await pubsub.get_message(timeout=self._timeout)
                if message is not None:
                    quiet = False
                    self._handle(message)
                elif quiet:
                    raise TimeoutError("Redis does not answer")
                else:
                    quiet = True
                    await pubsub.ping()
        finally:
            self._pubsub = None
            await pubsub.aclose()

    async def _subscribe_all(self, pubsub: PubSub) -> None:
        async with self._commands:
            channels = tuple(self._inboxes)
            for start in range(0, len(channels), CHUNK):
                await pubsub.subscribe(*channels[start : start + CHUNK])

    def _handle(self, message: dict[str, Any]) -> None:
        channel = message["channel"].decode("ascii") if message["channel"] else ""
        if message["type"] == "subscribe":
            self._subscribed(channel)
        elif message["type"] == "message":
            self._received(channel, message["data"])

    def _subscribed(self, channel: str) -> None:
        waiting = self._confirmations.get(channel)
        if waiting:
            _confirm(waiting.popleft())
            if not waiting:
                del self._confirmations[channel]
        elif channel == self._own:
            self.connected = True
            self._backoff.succeeded()
            self._tried.set()
        else:  # subscribed again after a break: what was published meanwhile is lost
            for inbox in tuple(self._inboxes.get(channel, ())):
                inbox.missed()

    def _received(self, channel: str, data: bytes) -> None:
        inboxes = tuple(self._inboxes.get(channel, ()))
        try:
            message = decode_message(data)
        except ValueError:
            for inbox in inboxes:
                inbox.refuse()
            return
        for inbox in inboxes:
            inbox.receive(message)

    async def _say(self, command: Any) -> None:
        try:
            await command
        except (RedisError, OSError, TimeoutError):
            return  # the reading side sees the break too, and subscribes to all that is wanted

    def _broken(self) -> None:
        if self.connected:
            for inboxes in tuple(self._inboxes.values()):
                for inbox in tuple(inboxes):
                    inbox.missed()
        self.connected = False
        self._tried.set()
        for waiting in self._confirmations.values():
            for confirmed in waiting:
                _confirm(confirmed)
        self._confirmations.clear()


def _confirm(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
