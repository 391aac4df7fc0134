"""A connection without a network: it records what its client would have received."""

from collections import deque
from typing import Any, Final, final

from cellwall.runtime.websocket.transport import Event


@final
class RecordingConnection:
    """A connection whose client is a list: for tests, and for requests that nobody watches.

    It keeps the newest events only, as many as a queue would hold.
    """

    def __init__(self, user_id: str, connection_id: str, queue_size: int) -> None:
        self.user_id: Final = user_id
        self.connection_id: Final = connection_id
        self.broken: Final = False
        self._events: deque[dict[str, Any]] = deque(maxlen=queue_size)
        self._closed = False

    @property
    def received_events(self) -> list[dict[str, Any]]:
        """What the client received, oldest first."""
        return list(self._events)

    def offer(self, event: Event) -> None:
        """Record a copy of the event at once."""
        if not self._closed:
            self._events.append(dict(event))

    async def close(self) -> None:
        """Record nothing more; what was received stays readable."""
        self._closed = True
