"""What keeps events. Every implementation passes tests/runtime/analytics/test_stores.py."""

from collections.abc import Sequence
from typing import Final, Protocol

from cellwall.runtime.analytics.event import AnalyticsEvent

EVENTS_PER_USER: Final = 10_000


class AnalyticsStore(Protocol):
    """Keeps the newest events of each user, each event under its owner.

    Used by several threads; raises StoreUnavailableError when it is full, gone or too busy.
    """

    def write(self, events: Sequence[AnalyticsEvent]) -> None:
        """Keep all of them or none; one that it has already (by `event_id`) is not kept twice."""
        ...

    def of_user(
        self, user_id: str, *, name: str | None = None, limit: int | None = None
    ) -> list[AnalyticsEvent]:
        """Give this owner's newest events, `limit` at most, oldest first, and nobody else's.

        Ordered by `at`, and events of the same time in the order of writing.
        """
        ...

    def close(self) -> None:
        """Give back what is open; a later use opens it again."""
        ...
