"""WebSocket connections, each with its owner."""

from cellwall.runtime.websocket.connection import Connection, QueuedConnection, SlowReader
from cellwall.runtime.websocket.emitter import Emitter
from cellwall.runtime.websocket.pool import WebSocketConnectionPool
from cellwall.runtime.websocket.recording import RecordingConnection
from cellwall.runtime.websocket.transport import StarletteTransport, Transport

__all__ = [
    "Connection",
    "Emitter",
    "QueuedConnection",
    "RecordingConnection",
    "SlowReader",
    "StarletteTransport",
    "Transport",
    "WebSocketConnectionPool",
]
