import pytest

from analytics_service import tracking
from cellwall import AnalyticsLog


@pytest.fixture(autouse=True)
def empty_log(monkeypatch):
    """Let every test start without events."""
    log = AnalyticsLog()
    monkeypatch.setattr(tracking, "track_event", log.track_event)
    monkeypatch.setattr(tracking, "query_events", log.query_events)
    monkeypatch.setattr("analytics_service.reports.query_events", log.query_events)
    return log
