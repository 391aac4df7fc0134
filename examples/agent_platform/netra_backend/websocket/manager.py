"""The old way: one manager for the whole process, and anybody may write to anybody. Kept until the last
caller has moved."""

from collections.abc import Mapping
from typing import Any

from cellwall import UserExecutionContext


class LegacyConnection:
    """What the manager keeps of one client."""

    def __init__(self, user_id: str, connection_id: str, transport: Any = None) -> None:
        self.user_id = user_id
        self.connection_id = connection_id
        self.transport = transport
        self.received_events: list[dict[str, Any]] = []

    async def deliver(self, event: Mapping[str, Any]) -> None:
        """Send over the transport, or record where there is none."""
        if self.transport is None:
            self.received_events.append(dict(event))
        else:
            await self.transport.send(event)


class LegacyEmitter:
    """Emits for a request, though nothing stops it from reaching others."""

    def __init__(self, manager: "WebSocketManager", user_id: str) -> None:
        self._manager = manager
        self._user_id = user_id

    def emit_event(self, name: str, data: Mapping[str, Any] | None = None) -> int:
        """Record an event with the user's connections."""
        connections = self._manager.connections_of(self._user_id)
        for connection in connections:
            connection.received_events.append({"event": name, "data": dict(data or {})})
        return len(connections)


class WebSocketManager:
    """The process's only manager, however often it is made."""

    _instance: "WebSocketManager | None" = None
    _connections: dict[str, LegacyConnection]

    def __new__(cls) -> "WebSocketManager":
        """Give the one instance."""
        if cls._instance is None:
            cls._instance = super().__new__(cls)
            cls._instance._connections = {}
        return cls._instance

    async def register_connection(
        self, user_id: str, connection_id: str, transport: Any = None
    ) -> LegacyConnection:
        """Keep a client; one of the same id is forgotten, whoever it belonged to."""
        connection = LegacyConnection(user_id, connection_id, transport)
        self._connections[connection_id] = connection
        return connection

    async def send_to_user(self, user_id: str, event: Mapping[str, Any]) -> int:
        """Send to all connections of one user."""
        connections = self.connections_of(user_id)
        for connection in connections:
            await connection.deliver(event)
        return len(connections)

    async def broadcast(self, event: Mapping[str, Any]) -> int:
        """Send to everybody, whosever event it is."""
        for connection in self._connections.values():
            await connection.deliver(event)
        return len(self._connections)

    def create_emitter(self, context: UserExecutionContext) -> LegacyEmitter:
        """Make an emitter for a request."""
        return LegacyEmitter(self, context.user_id)

    def connections_of(self, user_id: str) -> list[LegacyConnection]:
        """Give one user's connections."""
        return [c for c in self._connections.values() if c.user_id == user_id]

    def connection_count(self, user_id: str | None = None) -> int:
        """Give the number of connections of one user, or of all."""
        return len(self._connections if user_id is None else self.connections_of(user_id))

    async def disconnect(self, user_id: str, connection_id: str) -> bool:
        """Forget a client, whoever asks."""
        return self._connections.pop(connection_id, None) is not None

    async def disconnect_user(self, user_id: str) -> int:
        """Forget all of one user's clients."""
        connections = self.connections_of(user_id)
        for connection in connections:
            del self._connections[connection.connection_id]
        return len(connections)


websocket_manager = WebSocketManager()  # cellwall: allow[singleton-websocket-manager] old callers import it


def get_websocket_manager() -> WebSocketManager:
    """Give the process's manager."""
    return websocket_manager
