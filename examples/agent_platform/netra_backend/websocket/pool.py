"""The connection pool that the back end uses; one is made for each application."""

from cellwall import SlowReader, StarletteTransport, WebSocketConnectionPool
from cellwall.runtime.websocket import Broker

__all__ = ["StarletteTransport", "WebSocketConnectionPool", "platform_pool"]


def platform_pool(broker: Broker | None = None) -> WebSocketConnectionPool:
    """Make the pool as the platform runs it: 500 events wait for a client, then the oldest go.

    `broker` carries events to the pools of other processes, where there are any.
    """
    return WebSocketConnectionPool(queue_size=500, slow_reader=SlowReader.DROP_OLDEST, broker=broker)
