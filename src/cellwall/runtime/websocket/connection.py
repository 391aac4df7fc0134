"""One connection of one user: a bounded queue and the task that empties it into the transport."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from enum import StrEnum
from typing import Final, Protocol, final

from cellwall.runtime.errors import QueueOverflowError
from cellwall.runtime.websocket.transport import Event, Transport

_log: Final = logging.getLogger(__name__)


class SlowReader(StrEnum):
    """What happens to a client that reads slower than events arrive."""

    DROP_OLDEST = "drop oldest"
    DISCONNECT = "disconnect"


class Connection(Protocol):
    """One connection; its owner is fixed for life."""

    user_id: str
    connection_id: str

    def offer(self, event: Event) -> None:
        """Take an event for this client; never waits."""
        ...

    async def close(self) -> None:
        """Stop sending and close the transport."""
        ...


@final
class QueuedConnection:
    """A connection over a transport. `dropped` counts events that a slow reader missed."""

    def __init__(
        self,
        user_id: str,
        connection_id: str,
        transport: Transport,
        *,
        queue_size: int,
        policy: SlowReader,
        on_failure: Callable[[], None],
    ) -> None:
        self.user_id: Final = user_id
        self.connection_id: Final = connection_id
        self.sent = 0
        self.dropped = 0
        self.failure: Exception | None = None
        self._transport = transport
        self._policy = policy
        self._on_failure = on_failure
        self._queue_size = queue_size
        self._queue: deque[Event] = deque()
        self._writer: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def broken(self) -> bool:
        """Whether the transport failed or the reader was too slow: nothing more is sent."""
        return self.failure is not None

    def offer(self, event: Event) -> None:
        """Queue an event; must be called inside the event loop of the connection."""
        if self._closed or self.broken:
            return
        if len(self._queue) >= self._queue_size and not self._make_room():
            return
        self._queue.append(event)
        if self._writer is None:
            self._writer = asyncio.get_running_loop().create_task(self._drain(), name="cellwall-writer")

    async def close(self) -> None:
        """Stop sending, forget what is queued, and close the transport."""
        if self._closed:
            return
        self._closed = True
        self._queue.clear()
        writer, self._writer = self._writer, None
        try:
            if writer is not None:
                writer.cancel()
                await asyncio.wait({writer})
        finally:
            await self._transport.close()

    def _make_room(self) -> bool:
        self.dropped += 1
        if self._policy is SlowReader.DROP_OLDEST:
            self._queue.popleft()
            return True
        self._fail(QueueOverflowError(f"connection {self.connection_id!r} reads too slowly"))
        return False

    async def _drain(self) -> None:
        try:
            while self._queue:
                await self._transport.send(self._queue.popleft())
                self.sent += 1
        except Exception as error:
            self._fail(error)
        finally:
            self._writer = None

    def _fail(self, error: Exception) -> None:
        self.failure = error
        self._queue.clear()
        _log.warning("websocket connection %s stopped: %s", self.connection_id, type(error).__name__)
        self._on_failure()
