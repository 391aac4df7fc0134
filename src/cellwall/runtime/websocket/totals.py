"""The pool's counters: of connections that have gone, and with those that are there."""

from collections.abc import Iterable
from typing import final

from cellwall.runtime.websocket.registry import AnyConnection
from cellwall.runtime.websocket.relay import Relay
from cellwall.runtime.websocket.stats import PoolStats


@final
class Totals:
    """Adds up what connections counted before they went."""

    def __init__(self) -> None:
        self.failed = 0
        self._sent = 0
        self._dropped = 0

    def add(self, gone: AnyConnection) -> None:
        """Keep the counters of a connection that has gone."""
        self._sent += gone.sent
        self._dropped += gone.dropped

    def snapshot(self, connections: Iterable[AnyConnection], relay: Relay | None) -> PoolStats:
        """Give the counters as they are now."""
        each = tuple(connection.stats() for connection in connections)
        return PoolStats(
            connections=each,
            users=len({one.user_id for one in each}),
            sent=self._sent + sum(one.sent for one in each),
            dropped=self._dropped + sum(one.dropped for one in each),
            queued=sum(one.queued for one in each),
            failed=self.failed,
            unpublished=0 if relay is None else relay.unpublished,
            refused=0 if relay is None else relay.arrivals.refused,
            repeated=0 if relay is None else relay.arrivals.repeated,
        )
