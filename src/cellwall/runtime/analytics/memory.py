"""Events in this process's memory: for tests and for services that need no more."""

from bisect import insort
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Final, final

from cellwall.runtime.analytics.event import AnalyticsEvent
from cellwall.runtime.analytics.process import start_anew_in_children
from cellwall.runtime.analytics.store import EVENTS_PER_USER

EVENTS: Final = 100_000


@final
class MemoryAnalyticsStore:
    """Keeps the newest events of each user until the process ends.

    Beyond `events` in all, the oldest go of the user who has been away for longest.
    """

    def __init__(self, events_per_user: int = EVENTS_PER_USER, *, events: int = EVENTS) -> None:
        self._limit = events_per_user
        self._room = events
        self._lock = Lock()
        self._by_user: OrderedDict[str, list[AnalyticsEvent]] = OrderedDict()  # who wrote last comes last
        self._ids: set[str] = set()
        start_anew_in_children(self)

    def after_fork(self) -> None:
        """Free the lock, which a thread that is not here may have held."""
        self._lock = Lock()

    def write(self, events: Sequence[AnalyticsEvent]) -> None:
        """Keep all of them; the owner's oldest ones go when there are too many."""
        with self._lock:
            for event in events:
                if event.event_id not in self._ids:
                    self._keep(event, self._by_user.setdefault(event.user_id, []))
                    self._by_user.move_to_end(event.user_id)
            while len(self._ids) > self._room:
                self._forget_oldest()

    def of_user(
        self, user_id: str, *, name: str | None = None, limit: int | None = None
    ) -> list[AnalyticsEvent]:
        """Give this owner's newest events, `limit` at most, oldest first, and nobody else's."""
        with self._lock:
            mine = tuple(self._by_user.get(user_id, ()))
        chosen = [event for event in mine if name is None or event.name == name]
        return chosen if limit is None else chosen[max(0, len(chosen) - limit) :]

    def close(self) -> None:
        """Do nothing: there is nothing open."""

    def _keep(self, event: AnalyticsEvent, mine: list[AnalyticsEvent]) -> None:
        self._ids.add(event.event_id)
        insort(mine, event, key=lambda kept: kept.at)
        if len(mine) > self._limit:
            self._ids.discard(mine.pop(0).event_id)

    def _forget_oldest(self) -> None:
        user_id, theirs = next(iter(self._by_user.items()))
        self._ids.discard(theirs.pop(0).event_id)
        if not theirs:
            del self._by_user[user_id]
