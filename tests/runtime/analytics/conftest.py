"""Every kind of store, empty, and what makes events without a log."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Protocol

import pytest

from cellwall.runtime.analytics import (
    AnalyticsEvent,
    AnalyticsStore,
    MemoryAnalyticsStore,
    SQLiteAnalyticsStore,
)
from cellwall.runtime.identity import fresh_id
from tests.small_disk import disk, fill

__all__ = ["disk", "fill"]

MakeStore = Callable[..., AnalyticsStore]


class MakeEvent(Protocol):
    """Makes an event of `user_id`, each with an id of its own."""

    def __call__(self, user_id: str, name: str = "view", at: float = 0.0, text: str = "{}") -> AnalyticsEvent:
        """Make it."""
        ...


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def make_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeStore]:
    """Give a function that makes an empty store; all of them are closed at the end."""
    numbers, made = count(), []

    def make(events_per_user: int = 10_000) -> AnalyticsStore:
        store: AnalyticsStore
        if request.param == "memory":
            store = MemoryAnalyticsStore(events_per_user)
        elif request.param == "sqlite":
            store = SQLiteAnalyticsStore(tmp_path / f"{next(numbers)}.sqlite3", events_per_user)
        else:
            store = _empty_postgres(request.getfixturevalue("postgres_url"), events_per_user)
        made.append(store)
        return store

    yield make
    for store in made:
        store.close()


def _empty_postgres(url: str, events_per_user: int) -> AnalyticsStore:
    from cellwall.runtime.analytics.postgres import PostgresAnalyticsStore

    store = PostgresAnalyticsStore(url, events_per_user)

    async def empty(connection: object) -> None:
        await connection.execute("TRUNCATE cellwall_events")  # type: ignore[attr-defined]

    store._do(empty)
    return store


@pytest.fixture
def store(make_store: MakeStore) -> AnalyticsStore:
    """Give one empty store of each kind."""
    return make_store()


@pytest.fixture
def make_event() -> MakeEvent:
    """Give what makes events."""
    numbers, batch = count(), fresh_id()  # a server may keep what another test wrote

    def make(user_id: str, name: str = "view", at: float = 0.0, text: str = "{}") -> AnalyticsEvent:
        return AnalyticsEvent(name, user_id, "session-1", "request-1", at, f"{batch} {next(numbers)}", text)

    return make
