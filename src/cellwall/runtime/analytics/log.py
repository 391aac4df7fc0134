"""The log: tracks events of requests and gives each owner its own. Where they lie is a store's matter."""

import time
import weakref
from collections.abc import Callable
from typing import Any, final, overload

from cellwall.runtime.analytics.buffering import Buffering
from cellwall.runtime.analytics.direct import DirectWriter
from cellwall.runtime.analytics.event import AnalyticsEvent
from cellwall.runtime.analytics.memory import MemoryAnalyticsStore
from cellwall.runtime.analytics.stats import AnalyticsStats
from cellwall.runtime.analytics.store import AnalyticsStore
from cellwall.runtime.analytics.writer import BatchWriter
from cellwall.runtime.context import UserExecutionContext
from cellwall.runtime.identity import check_id


@final
class AnalyticsLog:
    """Tracks and queries events in one store: written in batches, found by the next query all the same.

    Without a store they are kept in memory. May be used by several threads. A killed process loses
    what waited: the events of `buffering.seconds`, while the store takes some.

    Example:
        log = AnalyticsLog(SQLiteAnalyticsStore(Path("events.sqlite3")))
        log.track_event("page_view", user_context=context, page="/home")
        mine = log.query_events(user_context=context)
    """

    def __init__(
        self,
        store: AnalyticsStore | None = None,
        clock: Callable[[], float] = time.time,
        *,
        buffering: Buffering | None = None,
    ) -> None:
        self._store = store if store is not None else MemoryAnalyticsStore()
        self._clock = clock
        # A buffer before memory would only be more memory.
        near = buffering is None and isinstance(self._store, MemoryAnalyticsStore)
        self._writer = (
            DirectWriter(self._store) if near else BatchWriter(self._store, buffering or Buffering())
        )
        weakref.finalize(self, self._writer.abandon).atexit = False  # at exit the writer closes itself

    def track_event(
        self, name: str, /, *, user_context: UserExecutionContext, **properties: Any
    ) -> AnalyticsEvent:
        """Take an event of the user whose request this is; never waits for the store while there is room.

        Raises:
            ContextClosedError: the request has ended.
            InvalidEventError: the name or the properties cannot be kept.
            StoreUnavailableError: the buffer is full and its policy is to refuse.
        """
        _require_context(user_context).require_open()
        event = AnalyticsEvent.of(user_context, name, properties, self._clock())
        self._writer.add(event)
        return event

    @overload
    def query_events(
        self, *, user_id: str, name: str | None = None, limit: int | None = None
    ) -> list[AnalyticsEvent]: ...
    @overload
    def query_events(
        self, *, user_context: UserExecutionContext, name: str | None = None, limit: int | None = None
    ) -> list[AnalyticsEvent]: ...
    def query_events(
        self,
        *,
        user_id: str | None = None,
        user_context: UserExecutionContext | None = None,
        name: str | None = None,
        limit: int | None = None,
    ) -> list[AnalyticsEvent]:
        """Give one user's newest events, oldest first, of one name or of all, `limit` at most.

        In a request say `user_context`: no parameter of the request can then name another user.
        Everything tracked before is found. Waits for the store; in a coroutine, call it by
        `asyncio.to_thread` when the store is a remote one.

        Raises:
            TypeError: both the user and the context were given.
            InvalidIdError: the owner is missing or a placeholder.
            ContextClosedError: the request has ended.
            StoreUnavailableError: the store is full, gone or too busy.
        """
        if limit is not None and limit < 0:
            raise ValueError(f"limit must be 0 or more, got {limit}")
        owner = _owner(user_id, user_context)
        self._writer.flush()
        return self._store.of_user(owner, name=name, limit=limit)

    @property
    def stats(self) -> AnalyticsStats:
        """How many events were written, wait, and were dropped."""
        return self._writer.stats

    def flush(self) -> None:
        """Bring what waits to the store.

        Raises:
            StoreUnavailableError: the store is full, gone or too busy; the events go on waiting.
        """
        self._writer.flush()

    def close(self) -> None:
        """Bring what waits to the store and close it; at the end of the process this happens by itself."""
        self._writer.close()


def _owner(user_id: str | None, context: UserExecutionContext | None) -> str:
    if context is None:
        return check_id("user_id", user_id)
    if user_id is not None:
        raise TypeError("give user_context or user_id, not both: one of them could name another user")
    _require_context(context).require_open()
    return context.user_id


def _require_context(context: object) -> UserExecutionContext:
    if not isinstance(context, UserExecutionContext):
        raise TypeError(f"user_context must be a UserExecutionContext, got {type(context).__name__}")
    return context
