"""Analytics: events that belong to one user each, written in batches and read by their owner."""

from cellwall.runtime.analytics.buffering import Buffering, WhenFull
from cellwall.runtime.analytics.event import AnalyticsEvent
from cellwall.runtime.analytics.log import AnalyticsLog
from cellwall.runtime.analytics.memory import MemoryAnalyticsStore
from cellwall.runtime.analytics.process_log import query_events, track_event, use_analytics
from cellwall.runtime.analytics.sqlite import SQLiteAnalyticsStore
from cellwall.runtime.analytics.stats import AnalyticsStats
from cellwall.runtime.analytics.store import AnalyticsStore

__all__ = [
    "AnalyticsEvent",
    "AnalyticsLog",
    "AnalyticsStats",
    "AnalyticsStore",
    "Buffering",
    "MemoryAnalyticsStore",
    "SQLiteAnalyticsStore",
    "WhenFull",
    "query_events",
    "track_event",
    "use_analytics",
]
