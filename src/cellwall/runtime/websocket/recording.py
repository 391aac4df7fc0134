"""A connection without a network: it records what its client would have received."""

import json
from collections import deque
from typing import Any, Final, final

from cellwall.runtime.websocket.stats import ConnectionStats


@final
class RecordingConnection:
    """A connection whose client is a list: for tests, and for requests that nobody watches.

    It keeps the newest events only, as many as a queue would hold.
    """

    __slots__ = (
        "__weakref__",
        "_closed",
        "_texts",
        "connection_id",
        "dropped",
        "sent",
        "sequenced",
        "user_id",
    )

    broken: Final = False
    busy: Final = False

    def __init__(self, user_id: str, connection_id: str, queue_size: int, *, sequenced: bool = False) -> None:
        self.user_id: Final = user_id
        self.connection_id: Final = connection_id
        self.sequenced: Final = sequenced
        self.sent: int = 0
        self.dropped: int = 0
        self._texts: deque[str] = deque(maxlen=queue_size)
        self._closed = False

    @property
    def received_events(self) -> list[dict[str, Any]]:
        """What the client received, oldest first: fresh copies, as they came out of JSON."""
        return [json.loads(text) for text in self._texts]

    def offer(self, text: str) -> bool:
        """Record an event at once; say whether it was taken."""
        if self._closed:
            return False
        self.sent += 1
        self.dropped += len(self._texts) == self._texts.maxlen
        self._texts.append(text)
        return True

    def preload(self, texts: list[str]) -> None:
        """Record what comes before every event."""
        for text in texts:
            self.offer(text)

    def stats(self) -> ConnectionStats:
        """Give the counters; nothing ever waits here."""
        return ConnectionStats(self.user_id, self.connection_id, self.sent, self.dropped, 0)

    async def close(self) -> None:
        """Record nothing more; what was received stays readable."""
        self._closed = True
