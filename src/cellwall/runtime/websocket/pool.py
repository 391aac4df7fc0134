"""The pool: which connection belongs to whom, and the only ways to reach one."""

from __future__ import annotations

import asyncio
from typing import Final, final, overload

from cellwall.runtime.context import UserExecutionContext
from cellwall.runtime.errors import ConnectionRefusedForOwnerError
from cellwall.runtime.identity import check_id, fresh_id
from cellwall.runtime.websocket.connection import QueuedConnection, SlowReader
from cellwall.runtime.websocket.emitter import Emitter
from cellwall.runtime.websocket.recording import RecordingConnection
from cellwall.runtime.websocket.transport import Event, Transport

QUEUE_SIZE: Final = 256

AnyConnection = QueuedConnection | RecordingConnection


@final
class WebSocketConnectionPool:
    """Connections by owner. A user may have several; an event goes to its owner's and to no other.

    Args:
        queue_size: events that may wait for one client.
        slow_reader: what happens when a client's queue is full.
    """

    def __init__(
        self, *, queue_size: int = QUEUE_SIZE, slow_reader: SlowReader = SlowReader.DROP_OLDEST
    ) -> None:
        self._queue_size = queue_size
        self._slow_reader = slow_reader
        self._by_user: dict[str, dict[str, AnyConnection]] = {}
        self._owner_of: dict[str, str] = {}
        self._closing: set[asyncio.Task[bool]] = set()

    @overload
    async def register_connection(
        self, user_id: str, connection_id: str, transport: None = None
    ) -> RecordingConnection: ...
    @overload
    async def register_connection(
        self, user_id: str, connection_id: str, transport: Transport
    ) -> QueuedConnection: ...
    async def register_connection(
        self, user_id: str, connection_id: str, transport: Transport | None = None
    ) -> AnyConnection:
        """Add a connection of `user_id`; without a transport it records in `received_events`.

        Raises:
            InvalidIdError: an id is empty or a placeholder.
            ConnectionRefusedForOwnerError: a connection with this id exists, whoever owns it.
        """
        check_id("user_id", user_id)
        check_id("connection_id", connection_id)
        if connection_id in self._owner_of:
            raise ConnectionRefusedForOwnerError(f"connection {connection_id!r} exists already")
        if transport is None:
            return self._record(user_id, connection_id)
        connection = QueuedConnection(
            user_id,
            connection_id,
            transport,
            queue_size=self._queue_size,
            policy=self._slow_reader,
            on_failure=lambda: self._drop(user_id, connection_id),
        )
        self._add(connection)
        return connection

    async def send_to_user(self, user_id: str, event: Event) -> int:
        """Queue `event` for every connection of `user_id`; give how many there are.

        Waits for no client, but lets the writers run once, so a ready client has its event.
        """
        reached = self._deliver(user_id, None, event)
        if reached:
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
        owner = self._owner_of.get(connection_id) if connection_id is not None else None
        if owner is not None and owner != user_id:
            raise ConnectionRefusedForOwnerError(f"connection {connection_id!r} belongs to another user")
        if owner is None and (connection_id is not None or user_id not in self._by_user):
            self._record_for(context, connection_id or fresh_id())
        return Emitter(context, lambda event: self._deliver(user_id, connection_id, event))

    def connections_of(self, user_id: str) -> tuple[AnyConnection, ...]:
        """Give the connections of one user, in order of registration."""
        return tuple(self._by_user.get(user_id, {}).values())

    def connection_count(self, user_id: str | None = None) -> int:
        """Give the number of connections of one user, or of all."""
        return len(self._owner_of if user_id is None else self._by_user.get(user_id, ()))

    async def disconnect(self, user_id: str, connection_id: str) -> bool:
        """Close one connection of `user_id`; False when this user has no such connection."""
        if self._owner_of.get(connection_id) != user_id:
            return False
        await self._remove(user_id, connection_id).close()
        return True

    async def disconnect_user(self, user_id: str) -> int:
        """Close every connection of `user_id`; give how many there were."""
        connections = self.connections_of(user_id)
        for connection in connections:
            await self.disconnect(user_id, connection.connection_id)
        return len(connections)

    async def close(self) -> None:
        """Close every connection."""
        for user_id in tuple(self._by_user):
            await self.disconnect_user(user_id)
        if self._closing:
            await asyncio.wait(self._closing)

    def _deliver(self, user_id: str, connection_id: str | None, event: Event) -> int:
        reached = 0
        for connection in self.connections_of(user_id):
            if connection_id is None or connection.connection_id == connection_id:
                connection.offer(event)
                reached += not connection.broken
        return reached

    def _drop(self, user_id: str, connection_id: str) -> None:
        task = asyncio.get_running_loop().create_task(self.disconnect(user_id, connection_id))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def _record_for(self, context: UserExecutionContext, connection_id: str) -> None:
        context.on_cleanup(lambda: self.disconnect(context.user_id, connection_id))
        self._record(context.user_id, connection_id)

    def _record(self, user_id: str, connection_id: str) -> RecordingConnection:
        connection = RecordingConnection(user_id, connection_id, self._queue_size)
        self._add(connection)
        return connection

    def _add(self, connection: AnyConnection) -> None:
        self._owner_of[connection.connection_id] = connection.user_id
        self._by_user.setdefault(connection.user_id, {})[connection.connection_id] = connection

    def _remove(self, user_id: str, connection_id: str) -> AnyConnection:
        del self._owner_of[connection_id]
        connections = self._by_user[user_id]
        connection = connections.pop(connection_id)
        if not connections:
            del self._by_user[user_id]
        return connection
