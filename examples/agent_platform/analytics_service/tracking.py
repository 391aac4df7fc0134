"""The platform's analytics events, each with its owner."""

from typing import Any

from cellwall import AnalyticsEvent, AnalyticsLog, UserExecutionContext

__all__ = ["log", "query_events", "track_event", "use_log"]

log = AnalyticsLog()


def use_log(other: AnalyticsLog) -> None:
    """Keep events there from now on; once, when the service starts."""
    global log
    log = other


def track_event(name: str, /, *, user_context: UserExecutionContext, **properties: Any) -> AnalyticsEvent:
    """Keep an event of the user whose request this is."""
    return log.track_event(name, user_context=user_context, **properties)


def query_events(*, user_id: str, name: str | None = None, limit: int | None = None) -> list[AnalyticsEvent]:
    """Give one user's newest events, oldest first, of one name or of all."""
    return log.query_events(user_id=user_id, name=name, limit=limit)
