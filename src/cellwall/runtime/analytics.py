"""Analytics events: each has an owner, and a query names the owner whose events it wants."""

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Protocol, final

from cellwall.runtime.context import UserExecutionContext
from cellwall.runtime.identity import check_id

EVENTS_PER_USER: Final = 10_000


@dataclass(frozen=True, slots=True)
class AnalyticsEvent:
    """Something that one user did; `at` is in seconds since the epoch."""

    name: str
    user_id: str
    session_id: str
    request_id: str
    at: float
    properties: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


class AnalyticsStore(Protocol):
    """Keeps events, each under its owner."""

    def append(self, event: AnalyticsEvent) -> None:
        """Keep `event` for its owner."""
        ...

    def of_user(self, user_id: str) -> list[AnalyticsEvent]:
        """Give this owner's events, oldest first, and nobody else's."""
        ...


@final
class MemoryAnalyticsStore:
    """Keeps the newest events of each user in this process."""

    def __init__(self, events_per_user: int = EVENTS_PER_USER) -> None:
        self._limit = events_per_user
        self._by_user: dict[str, deque[AnalyticsEvent]] = {}

    def append(self, event: AnalyticsEvent) -> None:
        """Keep `event`; the owner's oldest one goes when there are too many."""
        self._by_user.setdefault(event.user_id, deque(maxlen=self._limit)).append(event)

    def of_user(self, user_id: str) -> list[AnalyticsEvent]:
        """Give this owner's events, oldest first, and nobody else's."""
        return list(self._by_user.get(user_id, ()))


@final
class AnalyticsLog:
    """Tracks and queries events in one store."""

    def __init__(self, store: AnalyticsStore | None = None, clock: Callable[[], float] = time.time) -> None:
        self._store = store if store is not None else MemoryAnalyticsStore()
        self._clock = clock

    def track_event(
        self, name: str, *, user_context: UserExecutionContext, **properties: Any
    ) -> AnalyticsEvent:
        """Keep an event of the user whose request this is.

        Raises:
            ContextClosedError: the request has ended.
        """
        user_context.require_open()
        event = AnalyticsEvent(
            name=name,
            user_id=user_context.user_id,
            session_id=user_context.session_id,
            request_id=user_context.request_id,
            at=self._clock(),
            properties=MappingProxyType(properties),
        )
        self._store.append(event)
        return event

    def query_events(self, *, user_id: str, name: str | None = None) -> list[AnalyticsEvent]:
        """Give one user's events, oldest first, of one name or of all.

        Raises:
            InvalidIdError: the owner is missing or a placeholder.
        """
        events = self._store.of_user(check_id("user_id", user_id))
        return [event for event in events if name is None or event.name == name]


_default: Final = AnalyticsLog()
track_event: Final = _default.track_event
query_events: Final = _default.query_events
