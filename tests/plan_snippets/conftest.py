"""What every snippet starts with: no events of others, and agents and tools that are registered."""

from collections.abc import Iterator

import pytest

from cellwall.runtime.analytics import AnalyticsLog, process_log


@pytest.fixture
def fresh_analytics(monkeypatch: pytest.MonkeyPatch) -> Iterator[AnalyticsLog]:
    """Give the process's log to one test alone: other tests track events of the same users."""
    log = AnalyticsLog()
    monkeypatch.setattr(process_log, "_configured", [log])
    yield log
    log.close()
