"""The direct writer: no buffer and no thread, for stores that are as near as memory."""

from typing import final

from cellwall.runtime.analytics.event import AnalyticsEvent
from cellwall.runtime.analytics.stats import AnalyticsStats
from cellwall.runtime.analytics.store import AnalyticsStore


@final
class DirectWriter:
    """Writes each event at once."""

    def __init__(self, store: AnalyticsStore) -> None:
        self._store = store
        self._written = 0

    @property
    def stats(self) -> AnalyticsStats:
        """The counts of this moment; nothing ever waits."""
        return AnalyticsStats(self._written, 0, 0, 0)

    def add(self, event: AnalyticsEvent) -> None:
        """Write `event`."""
        self._store.write([event])
        self._written += 1

    def flush(self) -> None:
        """Do nothing: nothing waits."""

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def abandon(self) -> None:
        """Do nothing: nothing waits."""
