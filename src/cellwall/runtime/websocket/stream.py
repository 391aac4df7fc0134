"""One user's sequence of events: the newest are kept, so that a client that was away gets what it missed.

As in Centrifugo (history recovery): an offset counts the events, an epoch names the sequence, and a client
that comes with both gets the rest, or hears that it is gone. A sequence with a possible gap gets a new epoch.
"""

import json
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Final, final

from cellwall.runtime.identity import fresh_id
from cellwall.runtime.websocket.position import Position


@final
class Stream:
    """The newest events of one user, bounded in number and in bytes, each in its envelope.

    An envelope is `{"epoch": ..., "offset": ..., "event": {...}}`.
    """

    __slots__ = ("_bytes", "_entries", "_max_bytes", "_max_events", "_offset", "epoch")

    def __init__(self, max_events: int, max_bytes: int) -> None:
        self.epoch: str = fresh_id()
        self._offset = 0
        self._entries: deque[tuple[str | None, str]] = deque()  # for which connection, None for all
        self._bytes = 0
        self._max_events: Final = max_events
        self._max_bytes: Final = max_bytes

    @property
    def position(self) -> Position:
        """Where a client is that has seen everything."""
        return Position(self.epoch, self._offset)

    def append(self, text: str, target: str | None) -> str:
        """Number an event, for one connection or (None) for all; give its envelope."""
        self._offset += 1
        envelope = f'{{"epoch":"{self.epoch}","offset":{self._offset},"event":{text}}}'
        self._entries.append((target, envelope))
        self._bytes += len(envelope)
        while len(self._entries) > self._max_events or self._bytes > self._max_bytes:
            self._bytes -= len(self._entries.popleft()[1])
        return envelope

    def since(self, position: Position, connection_id: str) -> list[str] | None:
        """Give the envelopes that this connection missed after `position`; None when that cannot be known."""
        missed = self._offset - position.offset
        if position.epoch != self.epoch or not 0 <= missed <= len(self._entries):
            return None
        return list(self._envelopes(missed, connection_id))

    def notice(self, recovered: bool | None, offset: int | None = None) -> str:
        """Give the text that tells a client where it is: at the end, unless `offset` is given.

        `recovered`: true, what was missed follows; false, something was missed and is gone; null, nobody
        asked.
        """
        where = self._offset if offset is None else offset
        told = {"epoch": self.epoch, "offset": where, "recovered": recovered}
        return json.dumps(told, separators=(",", ":"))

    def restart(self) -> None:
        """Begin a new sequence, because events may be missing from this one."""
        self.epoch = fresh_id()
        self._offset = 0
        self._entries.clear()
        self._bytes = 0

    def _envelopes(self, missed: int, connection_id: str) -> Iterator[str]:
        for target, envelope in islice(self._entries, len(self._entries) - missed, None):
            if target is None or target == connection_id:
                yield envelope
