"""The log that this process's `track_event` and `query_events` use."""

from threading import Lock
from typing import Any, Final, overload

from cellwall.runtime.analytics.event import AnalyticsEvent
from cellwall.runtime.analytics.log import AnalyticsLog
from cellwall.runtime.context import UserExecutionContext

_configured: Final[list[AnalyticsLog]] = []
_choosing: Final = Lock()


def use_analytics(log: AnalyticsLog) -> None:
    """Make `track_event` and `query_events` use `log`; once, at start-up.

    Raises:
        RuntimeError: a log is in use already.
    """
    with _choosing:
        if _configured:
            raise RuntimeError("a log is in use already; call use_analytics once, at start-up")
        _configured.append(log)


def _log() -> AnalyticsLog:
    if not _configured:
        with _choosing:
            if not _configured:
                _configured.append(AnalyticsLog())
    return _configured[0]


def track_event(name: str, /, *, user_context: UserExecutionContext, **properties: Any) -> AnalyticsEvent:
    """Take an event of the user whose request this is; see `AnalyticsLog.track_event`.

    Example:
        >>> context = UserExecutionContext.create_for_user("ada")
        >>> event = track_event("page_view", user_context=context, page="/home")
        >>> [event.name for event in query_events(user_context=context)]
        ['page_view']
    """
    return _log().track_event(name, user_context=user_context, **properties)


@overload
def query_events(
    *, user_id: str, name: str | None = None, limit: int | None = None
) -> list[AnalyticsEvent]: ...
@overload
def query_events(
    *, user_context: UserExecutionContext, name: str | None = None, limit: int | None = None
) -> list[AnalyticsEvent]: ...
def query_events(**query: Any) -> list[AnalyticsEvent]:
    """Give one user's newest events, oldest first; see `AnalyticsLog.query_events`."""
    return _log().query_events(**query)
