"""Batches on their way: when they are written, and what happens while the store takes none."""

import logging
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

import pytest

from cellwall import AnalyticsEvent, AnalyticsLog, UserExecutionContext
from cellwall.runtime.analytics import Buffering, MemoryAnalyticsStore, WhenFull
from cellwall.runtime.errors import StoreUnavailableError
from tests.full_collection import collect

LONG = 3600.0


class MoodyStore:
    """A store in memory that fails when it is told to, and remembers the size of each batch."""

    def __init__(self) -> None:
        self.inner = MemoryAnalyticsStore()
        self.failure: Callable[[Sequence[AnalyticsEvent]], Exception | None] = lambda _: None
        self.batches: list[int] = []
        self.written = threading.Event()
        self.gate = threading.Event()
        self.gate.set()
        self.closed = threading.Event()

    def write(self, events: Sequence[AnalyticsEvent]) -> None:
        self.gate.wait()
        if error := self.failure(events):
            raise error
        self.inner.write(events)
        self.batches.append(len(events))
        self.written.set()

    def of_user(
        self, user_id: str, *, name: str | None = None, limit: int | None = None
    ) -> list[AnalyticsEvent]:
        return self.inner.of_user(user_id, name=name, limit=limit)

    def close(self) -> None:
        self.closed.set()


class Outage:
    """Fails every write until it is over."""

    def __init__(self, error: Exception) -> None:
        self.error: Exception | None = error

    def __call__(self, _: Sequence[AnalyticsEvent]) -> Exception | None:
        return self.error


@pytest.fixture
def store() -> MoodyStore:
    return MoodyStore()


Open = Callable[..., AnalyticsLog]


@pytest.fixture
def open_log(store: MoodyStore) -> Iterator[Open]:
    """Give what makes logs whose time never comes, so that only size, queries and ends write."""
    logs: list[AnalyticsLog] = []

    def make(seconds: float = LONG, **settings: object) -> AnalyticsLog:
        bounds = Buffering(seconds=seconds, **{"retry_seconds": LONG, **settings})  # type: ignore[arg-type]
        logs.append(AnalyticsLog(store, buffering=bounds))
        return logs[-1]

    yield make
    store.gate.set()
    for log in logs:
        with suppress(StoreUnavailableError):
            log.close()


def test_nothing_is_written_before_its_time(
    store: MoodyStore, open_log: Open, ada: UserExecutionContext
) -> None:
    log = open_log()
    log.track_event("view", user_context=ada)
    assert (log.stats.pending, store.batches) == (1, [])


def test_a_full_batch_is_written_at_once(
    store: MoodyStore, open_log: Open, ada: UserExecutionContext
) -> None:
    log = open_log(batch=3)
    for _ in range(3):
        log.track_event("view", user_context=ada)
    assert store.written.wait(30)
    assert store.batches == [3]


def test_time_writes_too(store: MoodyStore, open_log: Open, ada: UserExecutionContext) -> None:
    open_log(seconds=0.01).track_event("view", user_context=ada)
    assert store.written.wait(30)


def test_a_query_writes_first(store: MoodyStore, open_log: Open, ada: UserExecutionContext) -> None:
    log = open_log(batch=2)
    for name in "abcde":
        log.track_event(name, user_context=ada)
    assert [event.name for event in log.query_events(user_id="ada")] == list("abcde")
    assert sum(store.batches) == 5
    assert log.stats.pending == 0


def test_an_outage_is_told_to_who_asks_and_nothing_is_lost(
    store: MoodyStore, open_log: Open, ada: UserExecutionContext, bob: UserExecutionContext
) -> None:
    log = open_log()
    store.failure = outage = Outage(StoreUnavailableError("the disk is full"))
    log.track_event("during", user_context=ada)
    with pytest.raises(StoreUnavailableError, match="disk is full"):
        log.query_events(user_id="ada")
    log.track_event("of bob", user_context=bob)
    outage.error = None
    assert [event.name for event in log.query_events(user_id="ada")] == ["during"]
    assert [event.name for event in log.query_events(user_id="bob")] == ["of bob"]


def test_a_store_that_raises_what_the_network_raises_is_unavailable_too(
    store: MoodyStore, open_log: Open, ada: UserExecutionContext
) -> None:
    log = open_log()
    store.failure = Outage(ConnectionResetError("gone"))
    log.track_event("view", user_context=ada)
    with pytest.raises(StoreUnavailableError, match="cannot be reached"):
        log.flush()
    assert log.stats.pending == 1


def test_a_full_buffer_drops_and_counts(
    store: MoodyStore,
    open_log: Open,
    ada: UserExecutionContext,
    bob: UserExecutionContext,
    caplog: pytest.LogCaptureFixture,
) -> None:
    log = open_log(events=3, per_user=2)
    store.failure = outage = Outage(StoreUnavailableError("gone"))
    log.track_event("0", user_context=ada)
    with pytest.raises(StoreUnavailableError):
        log.flush()
    with caplog.at_level(logging.WARNING, "cellwall.analytics"):
        for number in range(1, 10):
            log.track_event(str(number), user_context=ada, secret="hunter2")
    assert (log.stats.pending, log.stats.dropped) == (2, 8)
    assert caplog.text.count("dropped and counted") == 1
    assert "hunter2" not in caplog.text
    log.track_event("of bob", user_context=bob)  # there is room for others all the same
    outage.error = None
    assert [event.name for event in log.query_events(user_id="ada")] == ["0", "1"]
    assert [event.name for event in log.query_events(user_id="bob")] == ["of bob"]


def test_a_full_buffer_refuses_where_told_to(
    store: MoodyStore, open_log: Open, ada: UserExecutionContext
) -> None:
    log = open_log(events=5, per_user=1, when_full=WhenFull.REFUSE)
    store.failure = outage = Outage(StoreUnavailableError("gone"))
    log.track_event("kept", user_context=ada)
    with pytest.raises(StoreUnavailableError):
        log.flush()
    with pytest.raises(StoreUnavailableError, match=r"no room for event 'late'.*try again later"):
        log.track_event("late", user_context=ada)
    outage.error = None
    assert [event.name for event in log.query_events(user_id="ada")] == ["kept"]
    log.track_event("again", user_context=ada)


def test_a_burst_waits_for_room_while_the_store_takes_events(
    store: MoodyStore, open_log: Open, ada: UserExecutionContext
) -> None:
    log = open_log(events=4, per_user=4, batch=2, room_seconds=LONG, when_full=WhenFull.REFUSE)
    for number in range(200):
        log.track_event(str(number), user_context=ada)
    assert [event.name for event in log.query_events(user_id="ada")] == [str(number) for number in range(200)]
    assert log.stats.dropped == 0


def test_a_store_that_hangs_holds_nobody_for_long(
    store: MoodyStore, open_log: Open, ada: UserExecutionContext
) -> None:
    log = open_log(events=1, per_user=1, batch=1, room_seconds=0.01)
    store.gate.clear()
    log.track_event("taken by the thread", user_context=ada)
    log.track_event("no room", user_context=ada)
    assert log.stats.dropped == 1
    store.gate.set()


def test_one_refused_event_does_not_stop_those_of_others(
    store: MoodyStore,
    open_log: Open,
    ada: UserExecutionContext,
    bob: UserExecutionContext,
    caplog: pytest.LogCaptureFixture,
) -> None:
    log = open_log()
    store.failure = lambda events: ValueError("s3cret") if any(e.name == "poison" for e in events) else None
    for name, context in (("a", bob), ("poison", ada), ("b", bob)):
        log.track_event(name, user_context=context)
    assert [event.name for event in log.query_events(user_id="bob")] == ["a", "b"]
    assert (log.stats.written, log.stats.refused, log.stats.pending) == (2, 1, 0)
    assert "refused by its store: ValueError" in caplog.text
    assert "s3cret" not in caplog.text


def test_closing_writes_what_waits(store: MoodyStore, open_log: Open, ada: UserExecutionContext) -> None:
    log = open_log()
    log.track_event("last", user_context=ada)
    log.close()
    assert [event.name for event in store.of_user("ada")] == ["last"]
    assert store.closed.is_set()
    with pytest.raises(StoreUnavailableError, match="closed"):
        log.track_event("later", user_context=ada)
    log.close()


def test_closing_during_an_outage_says_what_is_lost(
    store: MoodyStore, open_log: Open, ada: UserExecutionContext, caplog: pytest.LogCaptureFixture
) -> None:
    log = open_log()
    store.failure = Outage(StoreUnavailableError("gone"))
    log.track_event("lost", user_context=ada)
    log.close()
    assert (log.stats.pending, log.stats.dropped) == (0, 1)
    assert "1 analytics event(s) are lost at the end" in caplog.text


def test_closing_ends_the_thread(open_log: Open, ada: UserExecutionContext) -> None:
    before = set(threading.enumerate())
    log = open_log()
    log.track_event("view", user_context=ada)
    assert len(set(threading.enumerate()) - before) == 1
    log.close()
    assert set(threading.enumerate()) <= before


def test_a_log_that_nobody_uses_any_more_writes_and_ends(
    store: MoodyStore, ada: UserExecutionContext
) -> None:
    log = AnalyticsLog(store, buffering=Buffering(seconds=LONG))
    log.track_event("left behind", user_context=ada)
    gone = weakref.ref(log._writer)
    (thread,) = [one for one in threading.enumerate() if one.name == "cellwall-analytics"]
    del log
    collect()
    thread.join(30)
    assert [event.name for event in store.of_user("ada")] == ["left behind"]
    assert store.closed.is_set()
    collect()
    assert gone() is None


@pytest.mark.parametrize(
    "settings",
    [
        {"events": 0},
        {"per_user": 0},
        {"batch": 0},
        {"seconds": 0.0},
        {"retry_seconds": 0.0},
        {"room_seconds": -1.0},
    ],
)
def test_a_buffer_needs_room_and_time(settings: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"must|needs"):
        Buffering(**settings)  # type: ignore[arg-type]
