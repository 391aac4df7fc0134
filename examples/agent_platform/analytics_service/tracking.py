"""The platform's analytics events, each with its owner."""

from cellwall import AnalyticsLog

__all__ = ["log", "query_events", "track_event"]

log = AnalyticsLog()
track_event = log.track_event
query_events = log.query_events
