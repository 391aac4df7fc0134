"""The process's own log is chosen once."""

import threading

import pytest

from cellwall import UserExecutionContext, query_events, track_event
from cellwall.runtime.analytics import AnalyticsLog, process_log, use_analytics


@pytest.fixture(autouse=True)
def nothing_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    """No log is in use yet."""
    monkeypatch.setattr(process_log, "_configured", [])


def test_a_chosen_log_is_used(ada: UserExecutionContext) -> None:
    log = AnalyticsLog()
    use_analytics(log)
    event = track_event("view", user_context=ada, name="a property")
    assert log.query_events(user_context=ada) == query_events(user_id="ada") == [event]
    with pytest.raises(RuntimeError, match="once"):
        use_analytics(AnalyticsLog())


def test_after_first_use_it_is_too_late_to_choose(ada: UserExecutionContext) -> None:
    track_event("view", user_context=ada)
    with pytest.raises(RuntimeError, match="once"):
        use_analytics(AnalyticsLog())


def test_threads_that_begin_together_share_one(ada: UserExecutionContext) -> None:
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        track_event("view", user_context=ada)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(query_events(user_id="ada")) == 8
