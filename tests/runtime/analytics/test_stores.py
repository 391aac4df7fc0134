"""What every store promises: memory, SQLite and PostgreSQL alike."""

import random
import threading
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cellwall import AnalyticsLog, UserExecutionContext
from cellwall.runtime.analytics import AnalyticsStore, Buffering, MemoryAnalyticsStore

USERS = ("ada", "bob", "cleo")


def names(events: list[Any]) -> list[str]:
    return [event.name for event in events]


def test_each_owner_gets_what_was_written_for_it(store: AnalyticsStore, make_event: Any) -> None:
    written = [make_event("ada", at=1.5, text='{"page": "/home"}'), make_event("bob"), make_event("ada")]
    store.write(written)
    assert store.of_user("bob") == [written[1]]
    assert sorted(store.of_user("ada"), key=lambda event: event.event_id) == [written[0], written[2]]
    assert store.of_user("cleo") == []


def test_order_is_by_time_and_then_by_writing(store: AnalyticsStore, make_event: Any) -> None:
    for name, at in (("b1", 2.0), ("a", 1.0), ("b2", 2.0), ("c", 3.0), ("b3", 2.0)):
        store.write([make_event("ada", name, at)])
    assert names(store.of_user("ada")) == ["a", "b1", "b2", "b3", "c"]
    assert names(store.of_user("ada", limit=2)) == ["b3", "c"]
    assert names(store.of_user("ada", name="b2")) == ["b2"]
    assert store.of_user("ada", limit=0) == []


def test_an_event_is_kept_once(store: AnalyticsStore, make_event: Any) -> None:
    first, second = make_event("ada", "first"), make_event("ada", "second")
    store.write([first])
    store.write([first, second])
    assert names(store.of_user("ada")) == ["first", "second"]
    store.write([])


def test_each_user_keeps_the_newest(make_store: Any, make_event: Any) -> None:
    store = make_store(events_per_user=3)
    store.write([make_event("bob", "of bob")])
    store.write([make_event("ada", f"{number}", float(number)) for number in range(5)])
    store.write([make_event("ada", "late", 0.5)])
    assert names(store.of_user("ada")) == ["2", "3", "4"]
    assert names(store.of_user("bob")) == ["of bob"]
    assert names(store.of_user("ada", limit=10)) == ["2", "3", "4"]


@pytest.mark.parametrize(
    "text",
    [
        "' OR '1'='1",
        "'; DROP TABLE cellwall_events; --",
        "%",
        "_",
        "ada%",
        "ADA",
        "a\u200bda",
        "ａda",
        "🧱",
        "$1",
    ],
)
def test_hostile_names_and_owners_are_only_text(store: AnalyticsStore, make_event: Any, text: str) -> None:
    store.write([make_event("ada", "secret"), make_event(text, text)])
    assert names(store.of_user(text)) == [text]
    assert names(store.of_user(text, name=text)) == [text]
    assert names(store.of_user("ada")) == ["secret"]
    assert store.of_user("ada", name=text) == []


def test_a_closed_store_opens_again(store: AnalyticsStore, make_event: Any) -> None:
    store.write([make_event("ada", "before")])
    store.close()
    store.close()
    store.write([make_event("ada", "after")])
    assert names(store.of_user("ada")) == ["before", "after"]


def test_many_threads_lose_and_mix_up_nothing(store: AnalyticsStore) -> None:
    log = AnalyticsLog(store, buffering=Buffering(batch=7))
    seen: list[str] = []

    def work(user_id: str) -> None:
        context = UserExecutionContext.create_for_user(user_id)
        for number in range(20):
            log.track_event(f"{user_id} {number}", user_context=context)
            if number % 5 == 0:
                seen.extend(
                    event.user_id for event in log.query_events(user_id=user_id) if event.user_id != user_id
                )

    threads = [threading.Thread(target=work, args=(f"user-{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(6):
        expected = [f"user-{number} {place}" for place in range(20)]
        assert names(log.query_events(user_id=f"user-{number}")) == expected
    assert seen == []
    log.close()


STEP = st.one_of(
    st.tuples(st.just("track"), st.sampled_from(USERS), st.sampled_from(["view", "buy"])),
    st.tuples(st.just("query"), st.sampled_from(USERS), st.sampled_from(["view", "buy", None])),
    st.tuples(st.just("flush"), st.just(""), st.none()),
)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(STEP, max_size=30), st.integers(1, 5), st.integers(1, 4))
def test_any_order_of_steps_equals_the_model(
    make_store: Any, steps: list[tuple[str, str, str | None]], batch: int, keep: int
) -> None:
    model: dict[str, list[tuple[str, dict[str, int]]]] = {user: [] for user in USERS}
    log = AnalyticsLog(make_store(keep), clock=lambda: 1.0, buffering=Buffering(batch=batch))
    contexts = {user: UserExecutionContext.create_for_user(user) for user in USERS}
    for number, (step, user, name) in enumerate(steps):
        if step == "track":
            log.track_event(str(name), user_context=contexts[user], number=number)
            model[user].append((str(name), {"number": number}))
        elif step == "flush":
            log.flush()
            assert log.stats.pending == 0
        else:
            found = log.query_events(user_context=contexts[user], name=name)
            expected = [entry for entry in model[user][-keep:] if name in (None, entry[0])]
            assert [(event.name, dict(event.properties)) for event in found] == expected
            assert {event.user_id for event in found} <= {user}
    log.close()


def test_two_logs_over_one_store_see_each_other(store: AnalyticsStore) -> None:
    order = random.Random(7)
    logs = [AnalyticsLog(store, clock=lambda: 1.0, buffering=Buffering()) for _ in range(2)]
    ada = UserExecutionContext.create_for_user("ada")
    for number in range(12):
        order.choice(logs).track_event(str(number), user_context=ada)
    for log in logs:
        log.flush()
    assert sorted(names(logs[0].query_events(user_id="ada")), key=int) == [
        str(number) for number in range(12)
    ]
    assert logs[0].query_events(user_id="ada") == logs[1].query_events(user_id="ada")
    for log in logs:
        log.close()


def test_memory_holds_so_many_events_in_all(make_event: Any) -> None:
    store = MemoryAnalyticsStore(events_per_user=3, events=5)
    store.write([make_event(user, f"{user}{number}", float(number)) for user in USERS for number in range(3)])
    assert [names(store.of_user(user)) for user in USERS] == [
        [],
        ["bob1", "bob2"],
        ["cleo0", "cleo1", "cleo2"],
    ]
    store.write([make_event("bob", "bob3", 3.0), make_event("ada", "ada3", 3.0)])
    assert names(store.of_user("cleo")) == ["cleo2"]
    assert names(store.of_user("bob")) == ["bob1", "bob2", "bob3"]
