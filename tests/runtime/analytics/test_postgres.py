"""The PostgreSQL store's own matters: its server goes and comes back, its address stays secret."""

import asyncio
import threading
from typing import Any

import pytest

from cellwall import AnalyticsLog, UserExecutionContext
from cellwall.runtime.analytics import Buffering
from cellwall.runtime.analytics.postgres import PostgresAnalyticsStore
from cellwall.runtime.errors import StoreUnavailableError
from tests.servers import RunningPostgres

LONG = Buffering(seconds=3600.0, retry_seconds=3600.0)


def test_the_database_goes_and_comes_back(
    mortal_postgres: RunningPostgres, ada: UserExecutionContext, bob: UserExecutionContext
) -> None:
    log = AnalyticsLog(PostgresAnalyticsStore(mortal_postgres.url(), seconds=2.0), buffering=LONG)
    log.track_event("before", user_context=ada)
    assert len(log.query_events(user_id="ada")) == 1
    mortal_postgres.stop()
    log.track_event("during", user_context=ada)
    with pytest.raises(StoreUnavailableError, match=r"analytics store cannot be used.*look whether it runs"):
        log.query_events(user_id="ada")
    log.track_event("of bob", user_context=bob)
    mortal_postgres.start()
    assert [event.name for event in log.query_events(user_id="ada")] == ["before", "during"]
    assert [event.name for event in log.query_events(user_id="bob")] == ["of bob"]
    log.close()


def test_an_error_does_not_tell_the_password(ada: UserExecutionContext) -> None:
    url = "postgresql+asyncpg://service:hunter2@127.0.0.1:1/nowhere"
    log = AnalyticsLog(PostgresAnalyticsStore(url, seconds=2.0), buffering=LONG)
    log.track_event("view", user_context=ada)
    with pytest.raises(StoreUnavailableError) as caught:
        log.query_events(user_id="ada")
    assert "hunter2" not in str(caught.value)
    assert "127.0.0.1" not in str(caught.value)
    log.close()


def test_closing_ends_connections_and_thread(postgres_url: str, make_event: Any) -> None:
    before = set(threading.enumerate())
    store = PostgresAnalyticsStore(postgres_url)
    store.write([make_event("ada-of-connections")])
    assert set(threading.enumerate()) - before
    store.close()
    assert set(threading.enumerate()) <= before


async def test_it_works_beside_a_running_loop(postgres_url: str, make_event: Any) -> None:
    store = PostgresAnalyticsStore(postgres_url)
    store.write([make_event("ada-of-the-loop", "in the loop's own thread")])
    found = await asyncio.gather(*(asyncio.to_thread(store.of_user, "ada-of-the-loop") for _ in range(5)))
    assert [[event.name for event in events] for events in found] == [["in the loop's own thread"]] * 5
    store.close()


def test_many_stores_make_the_table_at_once(mortal_postgres: RunningPostgres, make_event: Any) -> None:
    stores = [PostgresAnalyticsStore(mortal_postgres.url()) for _ in range(6)]
    events = [make_event("ada") for _ in stores]
    threads = [
        threading.Thread(target=store.write, args=([event],))
        for store, event in zip(stores, events, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stores[0].of_user("ada")) == len(stores)
    for store in stores:
        store.close()
