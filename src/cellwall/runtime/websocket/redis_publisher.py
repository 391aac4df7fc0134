"""The sending half of the Redis broker: a bounded outbox and the task that empties it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from contextlib import suppress
from typing import Final, final

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from cellwall.runtime.errors import StoreUnavailableError
from cellwall.runtime.websocket.backoff import Backoff
from cellwall.runtime.websocket.ending import end_task

_log: Final = logging.getLogger(__name__)

BATCH: Final = 256


@final
class RedisPublisher:
    """Publishes in order. A batch whose fate is unknown is sent again: readers know repeated messages."""

    def __init__(self, redis: Redis, outbox_size: int, backoff: Backoff) -> None:
        self.connected: bool = True
        self.rejected: int = 0
        self._redis: Final = redis
        self._outbox_size: Final = outbox_size
        self._backoff: Final = backoff
        self._outbox: deque[tuple[str, bytes]] = deque()
        self._wake = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self._task = asyncio.create_task(self._run(), name="cellwall-redis-publisher")

    @property
    def waiting(self) -> int:
        """How many messages Redis has not confirmed."""
        return len(self._outbox)

    def take(self, channel: str, data: bytes) -> None:
        """Queue a message.

        Raises:
            StoreUnavailableError: too many wait.
        """
        if len(self._outbox) >= self._outbox_size:
            raise StoreUnavailableError(f"{len(self._outbox)} messages wait for Redis, no more are taken")
        self._outbox.append((channel, data))
        self._empty.clear()
        self._wake.set()

    async def close(self, grace: float) -> None:
        """Wait for the outbox to be empty, for `grace` seconds at most while Redis answers, and end."""
        try:
            if self.connected:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._empty.wait(), grace)
        finally:
            await end_task(self._task)

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._outbox:
                await self._publish_some()
            self._empty.set()

    async def _publish_some(self) -> None:
        batch = [self._outbox[index] for index in range(min(BATCH, len(self._outbox)))]
        try:
            async with self._redis.pipeline(transaction=False) as pipeline:
                for channel, data in batch:
                    pipeline.publish(channel, data)
                answers = await pipeline.execute(raise_on_error=False)
        except (RedisError, OSError, TimeoutError) as error:
            if self.connected:
                _log.warning("Redis takes no messages: %s", type(error).__name__)
            self.connected = False
            await asyncio.sleep(self._backoff.next_wait())
            return
        self._confirmed(answers)

    def _confirmed(self, answers: list[object]) -> None:
        self.connected = True
        self._backoff.succeeded()
        for answer in answers:
            self._outbox.popleft()
            if isinstance(answer, ResponseError):
                self.rejected += 1
                _log.warning("Redis rejected a message: %s", type(answer).__name__)
