"""The pool: which connection belongs to whom, and the only ways to reach one."""

from __future__ import annotations

import asyncio
from typing import Final, Literal, final, overload

from cellwall.runtime.context import UserExecutionContext
from cellwall.runtime.identity import check_id
from cellwall.runtime.websocket.broker import Broker
from cellwall.runtime.websocket.connection import QueuedConnection
from cellwall.runtime.websocket.emitter import Emitter
from cellwall.runtime.websocket.event import Event, encode_event
from cellwall.runtime.websocket.position import Position
from cellwall.runtime.websocket.recording import RecordingConnection
from cellwall.runtime.websocket.registry import AnyConnection, ConnectionRegistry
from cellwall.runtime.websocket.relay import Relay
from cellwall.runtime.websocket.slow_reader import CLOSE_TIMEOUT, QUEUE_BYTES, QUEUE_SIZE, Limits, SlowReader
from cellwall.runtime.websocket.stats import PoolStats
from cellwall.runtime.websocket.stream import Stream
from cellwall.runtime.websocket.streams import Streams
from cellwall.runtime.websocket.totals import Totals
from cellwall.runtime.websocket.transport import AnyTransport

HISTORY_SIZE: Final = 128  # at most what a queue holds, or a client could not take what it missed
HISTORY_BYTES: Final = 256 * 1024
HISTORY_USERS: Final = 1000
TURN: Final = 64  # sends that never had to wait, after which the event loop gets a turn all the same

Resume = Position | Literal[True] | None


@final
class WebSocketConnectionPool:
    """Connections by owner. A user may have several; an event goes to its owner's and to no other.

    A pool belongs to one event loop. Emitters work from other threads too.

    Args:
        queue_size, queue_bytes: what may wait for one client; no event may be larger than `queue_bytes`.
        slow_reader: what happens when a client's queue is full.
        close_timeout: seconds that a transport has to close.
        history_size, history_bytes: what is kept of a user's events, for users whose clients resume.
        history_users: users whose history is kept although all their clients are away.
        broker: carries events to the pools of other processes; it is opened and closed by its owner.

    Example:
        >>> pool = WebSocketConnectionPool()
        >>> laptop = await pool.register_connection("ada", "laptop")
        >>> await pool.send_to_user("ada", {"event": "hello"})
        1
        >>> laptop.received_events
        [{'event': 'hello'}]
    """

    def __init__(
        self,
        *,
        queue_size: int = QUEUE_SIZE,
        queue_bytes: int = QUEUE_BYTES,
        slow_reader: SlowReader = SlowReader.DROP_OLDEST,
        close_timeout: float = CLOSE_TIMEOUT,
        history_size: int | None = None,
        history_bytes: int = HISTORY_BYTES,
        history_users: int = HISTORY_USERS,
        broker: Broker | None = None,
    ) -> None:
        self._limits = Limits(queue_size, queue_bytes, slow_reader, close_timeout)
        kept = min(HISTORY_SIZE, queue_size) if history_size is None else history_size
        if not 0 <= kept <= queue_size:
            raise ValueError("a history is at most as long as a queue, or nobody could take it")
        self._streams = Streams(kept, history_bytes, history_users)
        self._registry = ConnectionRegistry()
        self._totals = Totals()
        self._relay = None if broker is None else Relay(broker, self._fan_out, self._missed)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self._sends = 0
        self._busy = False  # whether a writer has something to do since the last turn of the loop

    @overload
    async def register_connection(
        self, user_id: str, connection_id: str, transport: None = None, *, resume: Resume = None
    ) -> RecordingConnection: ...
    @overload
    async def register_connection(
        self, user_id: str, connection_id: str, transport: AnyTransport, *, resume: Resume = None
    ) -> QueuedConnection: ...
    async def register_connection(
        self,
        user_id: str,
        connection_id: str,
        transport: AnyTransport | None = None,
        *,
        resume: Resume = None,
    ) -> AnyConnection:
        """Add a connection of `user_id`; without a transport it records in `received_events`.

        With `resume` the client gets envelopes that tell its position: `resume=True` the first time, later
        its `Position`: what it missed comes first, or it hears `"recovered": false`. A client that resumes
        under the id of its own old connection takes that one's place.

        Raises:
            InvalidIdError: an id is empty or a placeholder.
            ConnectionRefusedForOwnerError: a connection with this id exists, whoever owns it.
        """
        check_id("user_id", user_id)
        check_id("connection_id", connection_id)
        if resume is not None:
            self._registry.require_not_foreign(user_id, connection_id)
            await self._replace(user_id, connection_id)
        self._registry.require_free(connection_id)
        self._bind(transport)
        if self._relay is not None:
            await self._relay.join(user_id)
        try:
            self._registry.require_free(connection_id)  # once more: joining may have waited
            return self._admit(user_id, connection_id, transport, resume)
        except BaseException:
            if self._relay is not None:
                self._relay.leave(user_id)
            raise

    async def send_to_user(self, user_id: str, event: Event) -> int:
        """Send `event` to every connection of `user_id`; give how many of this process took it.

        Waits for no client; one that is ready has its event when this returns.

        Raises:
            InvalidIdError: the id is empty or a placeholder.
            InvalidEventError: the event is no JSON, or too long; nobody got it.
        """
        check_id("user_id", user_id)
        reached = self._deliver(user_id, None, encode_event(event, self._limits.queue_bytes))
        self._sends += 1
        if self._busy or self._sends % TURN == 0:
            self._busy = False
            await asyncio.sleep(0)
        return reached

    def create_emitter(self, context: UserExecutionContext) -> Emitter:
        """Make the emitter of one request: to its own connection where it names one, else to all of its user.

        A request whose connection is not registered gets a recording one, until its end.

        Raises:
            ContextClosedError: the request has ended.
            ConnectionRefusedForOwnerError: the connection that the context names belongs to another user.
        """
        context.require_open()
        user_id, connection_id = context.user_id, context.websocket_connection_id
        if connection_id is not None:
            self._registry.require_not_foreign(user_id, connection_id)
        self._stand_in(context, connection_id)
        limit = self._limits.queue_bytes
        return Emitter(
            context, lambda event: self._deliver(user_id, connection_id, encode_event(event, limit))
        )

    def connections_of(self, user_id: str) -> tuple[AnyConnection, ...]:
        """Give the connections of one user, in order of registration."""
        return self._registry.of_user(user_id)

    def connection_count(self, user_id: str | None = None) -> int:
        """Give the number of connections of one user, or of all."""
        return len(self._registry if user_id is None else self._registry.of_user(user_id))

    def position_of(self, user_id: str) -> Position | None:
        """Give the end of this user's sequence; None when none of the user's clients asked to resume."""
        stream = self._streams.get(user_id)
        return None if stream is None else stream.position

    def stats(self) -> PoolStats:
        """Give the counters, of each connection and in total."""
        return self._totals.snapshot(self._registry, self._relay)

    async def disconnect(self, user_id: str, connection_id: str) -> bool:
        """Close one connection of `user_id`; False when this user has no such connection."""
        connection = self._registry.get(user_id, connection_id)
        return False if connection is None else await self.release(connection)

    async def release(self, connection: AnyConnection) -> bool:
        """Close this very connection; False when it has gone before.

        For the end of an endpoint: a client that came back under the same id keeps its new connection.
        """
        if self._registry.get(connection.user_id, connection.connection_id) is not connection:
            return False
        self._remove(connection)
        await connection.close()
        return True

    async def disconnect_user(self, user_id: str) -> int:
        """Close every connection of `user_id` and forget the user's history; give how many there were."""
        connections = self._registry.of_user(user_id)
        self._remove_all(connections)
        self._forget_stream(user_id)
        await asyncio.gather(*(connection.close() for connection in connections))
        return len(connections)

    async def close(self) -> None:
        """Close every connection and forget every history."""
        connections = tuple(self._registry)
        self._remove_all(connections)
        for user_id in self._streams.users:
            self._forget_stream(user_id)
        await asyncio.gather(*(connection.close() for connection in connections))
        while self._closing:
            await asyncio.wait(tuple(self._closing))
        if self._relay is not None:
            await self._relay.settle()

    def _admit(
        self, user_id: str, connection_id: str, transport: AnyTransport | None, resume: Resume
    ) -> AnyConnection:
        stream = None if resume is None else self._stream(user_id)
        connection: AnyConnection
        if transport is None:
            connection = RecordingConnection(
                user_id, connection_id, self._limits.queue_size, sequenced=stream is not None
            )
        else:
            connection = QueuedConnection(
                user_id,
                connection_id,
                transport,
                limits=self._limits,
                on_failure=self._drop,
                notice=None if stream is None else lambda: stream.notice(False),
            )
        self._registry.add(connection)
        if stream is not None:
            connection.preload(_greeting(stream, resume, connection_id))
        return connection

    def _deliver(self, user_id: str, target: str | None, text: str) -> int:
        loop = self._loop
        if loop is None or loop is asyncio._get_running_loop():
            reached = self._fan_out(user_id, target, text)
            if self._relay is not None:
                self._relay.publish(user_id, target, text)
            return reached
        loop.call_soon_threadsafe(self._deliver, user_id, target, text)  # a tool's thread, another loop
        return sum(target in (None, c.connection_id) for c in self._registry.of_user(user_id))

    def _fan_out(self, user_id: str, target: str | None, text: str) -> int:
        stream = self._streams.get(user_id)
        envelope = text if stream is None else stream.append(text, target)
        reached = 0
        for connection in self._registry.of_user(user_id):
            if target is None or connection.connection_id == target:
                reached += connection.offer(envelope if connection.sequenced else text)
                if connection.busy:
                    self._busy = True
        return reached

    def _bind(self, transport: AnyTransport | None) -> None:
        if transport is None and self._relay is None:
            return  # recordings serve any loop, and none
        loop = asyncio.get_running_loop()
        if self._loop is not None and self._loop is not loop and not self._loop.is_closed():
            raise RuntimeError("a pool belongs to one event loop; make one pool for each")
        self._loop = loop

    async def _replace(self, user_id: str, connection_id: str) -> None:
        if not self._registry.is_stand_in(user_id, connection_id):
            await self.disconnect(user_id, connection_id)

    def _stand_in(self, context: UserExecutionContext, connection_id: str | None) -> None:
        user_id = context.user_id
        if self._registry.has_real(user_id, connection_id):
            return
        stand_in_id = connection_id or context.request_id
        context.on_cleanup(lambda: self._release(user_id, stand_in_id))
        self._registry.hold_stand_in(RecordingConnection(user_id, stand_in_id, self._limits.queue_size))

    def _release(self, user_id: str, connection_id: str) -> None:
        released = self._registry.release_stand_in(user_id, connection_id)
        if released is not None:
            self._totals.add(released)

    def _stream(self, user_id: str) -> Stream:
        if self._relay is not None and self._streams.get(user_id) is None:
            self._relay.interested_again(user_id)
        return self._streams.use(user_id)

    def _forget_stream(self, user_id: str) -> None:
        if self._streams.forget(user_id) and self._relay is not None:
            self._relay.leave(user_id)

    def _missed(self, user_id: str) -> None:
        stream = self._streams.get(user_id)
        if stream is not None:
            stream.restart()
            for connection in self._registry.of_user(user_id):
                if connection.sequenced:
                    connection.offer(stream.notice(False))

    def _drop(self, connection: QueuedConnection) -> None:
        self._totals.failed += 1
        self._remove(connection)
        task = asyncio.get_running_loop().create_task(connection.close(), name="cellwall-closing")
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def _remove_all(self, connections: tuple[AnyConnection, ...]) -> None:
        for connection in connections:
            self._remove(connection)

    def _remove(self, connection: AnyConnection) -> None:
        user_id = connection.user_id
        real = not self._registry.is_stand_in(user_id, connection.connection_id)
        if self._registry.get(user_id, connection.connection_id) is not connection:
            return
        self._registry.remove(user_id, connection.connection_id)
        self._totals.add(connection)
        if connection.sequenced and not any(c.sequenced for c in self._registry.of_user(user_id)):
            evicted = self._streams.leave(user_id)
            if evicted is not None and self._relay is not None:
                self._relay.leave(evicted)
        if real and self._relay is not None:
            self._relay.leave(user_id)


def _greeting(stream: Stream, resume: Resume, connection_id: str) -> list[str]:
    """Give what a client hears first: where it is, and what it missed."""
    if not isinstance(resume, Position):
        return [stream.notice(None)]
    missed = stream.since(resume, connection_id)
    if missed is None:
        return [stream.notice(False)]
    return [stream.notice(True, resume.offset), *missed]
