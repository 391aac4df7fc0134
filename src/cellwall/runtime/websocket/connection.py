"""One connection of one user: it writes at once where it can, else through a bounded queue and a task.

The task lives only while something waits: an idle connection costs none, and one client waits for no other.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, final

from cellwall.runtime.errors import QueueOverflowError
from cellwall.runtime.websocket.grace import within
from cellwall.runtime.websocket.slow_reader import Limits, SlowReader
from cellwall.runtime.websocket.stats import ConnectionStats
from cellwall.runtime.websocket.transport import AnyTransport, Line

_log: Final = logging.getLogger(__name__)


@final
class QueuedConnection:
    """A connection over a transport.

    `sent` counts events handed to the transport, `dropped` those that a slow reader missed.
    A `sequenced` one whose queue overflows hears that it missed something (`notice`), and can resume.
    """

    __slots__ = (
        "__weakref__", "_begin", "_bytes", "_closed", "_limits", "_line", "_notice", "_on_failure", "_queue",
        "_writer", "busy", "connection_id", "dropped", "failure", "sent", "sequenced", "user_id",
    )  # fmt: skip

    def __init__(
        self,
        user_id: str,
        connection_id: str,
        transport: AnyTransport,
        *,
        limits: Limits,
        on_failure: "Callable[[QueuedConnection], None]",
        notice: Callable[[], str] | None = None,
    ) -> None:
        self.user_id: Final = user_id
        self.connection_id: Final = connection_id
        self.sequenced: Final = notice is not None  # the client asked for positions, so that it can resume
        self.sent: int = 0
        self.dropped: int = 0
        self.failure: BaseException | None = None
        self.busy: bool = False  # an event is on its way or waits: there is a writer
        self._line = Line(transport)
        self._begin = self._line.begin  # every event asks for it
        self._limits = limits
        self._on_failure = on_failure
        self._notice = notice
        self._queue: deque[str] = deque()
        self._bytes = 0
        self._writer: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def broken(self) -> bool:
        """Whether the transport failed or the reader was too slow: nothing more is sent."""
        return self.failure is not None

    @property
    def waiting(self) -> int:
        """How many events wait for this client, beside one that may be on its way."""
        return len(self._queue)

    def stats(self) -> ConnectionStats:
        """Give the counters."""
        return ConnectionStats(self.user_id, self.connection_id, self.sent, self.dropped, self.waiting)

    def offer(self, text: str) -> bool:
        """Send an event, or queue it; must be called inside the event loop of the connection."""
        if self._closed or self.failure is not None:
            return False
        if self._writer is not None:
            return self._enqueue(text)
        try:
            begun = self._begin(text)
        except Exception as error:
            self._fail(error)
            return False
        if begun is True:
            self.sent += 1
            return True
        if begun is False:
            self._push(text)
        rest = None if begun is False else begun
        self._writer = asyncio.get_running_loop().create_task(self._drain(rest), name="cellwall-writer")
        self.busy = True
        return True

    def preload(self, texts: list[str]) -> None:
        """Send what comes before every event, whatever its number."""
        for text in texts:
            if self._writer is None:
                self.offer(text)
            else:
                self._push(text)

    async def close(self) -> None:
        """Stop sending, forget what is queued, and close the transport; bounded in time."""
        if self._closed:
            return
        self._closed = True
        self._forget()
        line = self._line
        writer, self._writer, self.busy = self._writer, None, False
        try:
            if writer is not None and writer is not asyncio.current_task():
                writer.cancel()
                await asyncio.wait({writer}, timeout=self._limits.close_timeout)
        finally:
            await within(self._limits.close_timeout, line.close, f"connection {self.connection_id}")

    def _enqueue(self, text: str) -> bool:
        limits = self._limits
        while self._queue and (
            len(self._queue) >= limits.queue_size or self._bytes + len(text) > limits.queue_bytes
        ):
            if limits.slow_reader is SlowReader.DISCONNECT:
                self.dropped += len(self._queue) + 1
                self._fail(QueueOverflowError(f"connection {self.connection_id!r} reads too slowly"))
                return False
            if self._notice is not None:  # what was dropped is told, or the client believes that it has all
                self.dropped += len(self._queue) + 1
                self._forget()
                self._push(self._notice())
                return True
            self.dropped += 1
            self._bytes -= len(self._queue.popleft())
        self._push(text)
        return True

    def _push(self, text: str) -> None:
        self._queue.append(text)
        self._bytes += len(text)

    def _forget(self) -> None:
        self._queue.clear()
        self._bytes = 0

    async def _drain(self, begun: Awaitable[None] | None) -> None:
        try:
            if begun is not None:
                await begun
                self.sent += 1
            while self._queue:
                text = self._queue.popleft()
                self._bytes -= len(text)
                await self._line.send(text)
                self.sent += 1
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if self._closed or (task is not None and task.cancelling()):
                self.failure = self.failure or error
                raise
            self._fail(error)  # nobody cancelled us: the transport raised it
        except Exception as error:
            self._fail(error)
        finally:
            self._writer = None
            self.busy = False

    def _fail(self, error: BaseException) -> None:
        self.failure = error
        self._forget()
        _log.info("websocket connection %s stopped: %s", self.connection_id, type(error).__name__)
        self._on_failure(self)
