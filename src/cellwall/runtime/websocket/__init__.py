"""WebSocket connections, each with its owner."""

from cellwall.runtime.websocket.asgi import AsgiTransport
from cellwall.runtime.websocket.broker import Broker, Message
from cellwall.runtime.websocket.connection import QueuedConnection
from cellwall.runtime.websocket.emitter import Emitter
from cellwall.runtime.websocket.event import Event
from cellwall.runtime.websocket.inbox import Inbox
from cellwall.runtime.websocket.memory_broker import MemoryBroker
from cellwall.runtime.websocket.pool import WebSocketConnectionPool
from cellwall.runtime.websocket.position import Position
from cellwall.runtime.websocket.recording import RecordingConnection
from cellwall.runtime.websocket.slow_reader import SlowReader
from cellwall.runtime.websocket.starlette import StarletteTransport
from cellwall.runtime.websocket.stats import ConnectionStats, PoolStats
from cellwall.runtime.websocket.transport import PromptTransport, TextTransport, Transport
from cellwall.runtime.websocket.websockets_library import WebSocketsTransport

__all__ = [
    "AsgiTransport",
    "Broker",
    "ConnectionStats",
    "Emitter",
    "Event",
    "Inbox",
    "MemoryBroker",
    "Message",
    "PoolStats",
    "Position",
    "PromptTransport",
    "QueuedConnection",
    "RecordingConnection",
    "SlowReader",
    "StarletteTransport",
    "TextTransport",
    "Transport",
    "WebSocketConnectionPool",
    "WebSocketsTransport",
]
