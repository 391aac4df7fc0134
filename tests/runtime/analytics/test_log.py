"""Events belong to one user, and a query sees that user's alone."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellwall import AnalyticsLog, UserExecutionContext, cleanup_user_context, query_events, track_event
from cellwall.runtime.analytics import AnalyticsEvent, MemoryAnalyticsStore
from cellwall.runtime.errors import ContextClosedError, InvalidIdError
from cellwall.runtime.system import system_context


def test_module_level_functions_read_their_own_writes() -> None:
    context = UserExecutionContext.create_for_user("analytics-of-this-test")
    track_event("page_view", user_context=context, page="/home")
    (event,) = query_events(user_id="analytics-of-this-test")
    assert (event.name, event.user_id, dict(event.properties)) == (
        "page_view",
        "analytics-of-this-test",
        {"page": "/home"},
    )
    assert (event.session_id, event.request_id) == (context.session_id, context.request_id)


@given(st.lists(st.tuples(st.sampled_from(["ada", "bob", "cleo"]), st.sampled_from(["view", "buy"]))))
def test_everybody_sees_their_own_in_order(tracked: list[tuple[str, str]]) -> None:
    log = AnalyticsLog(clock=lambda: 0.0)
    contexts = {user: UserExecutionContext.create_for_user(user) for user, _ in tracked}
    for user, name in tracked:
        log.track_event(name, user_context=contexts[user])
    for user in contexts:
        mine = [name for owner, name in tracked if owner == user]
        assert [event.name for event in log.query_events(user_id=user)] == mine
        assert len(log.query_events(user_id=user, name="buy")) == mine.count("buy")
        assert all(event.user_id == user for event in log.query_events(user_id=user))


def test_the_oldest_events_of_a_user_go_first(ada: UserExecutionContext, bob: UserExecutionContext) -> None:
    log = AnalyticsLog(MemoryAnalyticsStore(events_per_user=2), clock=lambda: 7.0)
    log.track_event("bob's", user_context=bob)
    for name in ("one", "two", "three"):
        log.track_event(name, user_context=ada)
    assert [event.name for event in log.query_events(user_id="ada")] == ["two", "three"]
    assert [event.at for event in log.query_events(user_id="bob")] == [7.0]


def test_an_owner_is_needed() -> None:
    log: Any = AnalyticsLog()
    with pytest.raises(TypeError):
        log.track_event("x")
    with pytest.raises(InvalidIdError):
        log.query_events()
    for user_id in (None, "", "default"):
        with pytest.raises(InvalidIdError):
            log.query_events(user_id=user_id)


async def test_no_event_after_the_end(ada: UserExecutionContext) -> None:
    await cleanup_user_context(ada)
    log = AnalyticsLog()
    with pytest.raises(ContextClosedError):
        log.track_event("late", user_context=ada)
    assert log.query_events(user_id="ada") == []


def test_events_are_frozen(ada: UserExecutionContext) -> None:
    event: Any = AnalyticsLog().track_event("x", user_context=ada, n=1)
    assert isinstance(event, AnalyticsEvent)
    with pytest.raises(AttributeError):
        event.user_id = "bob"
    with pytest.raises(TypeError):
        event.properties["n"] = 2


async def test_the_safe_form_names_nobody_else(ada: UserExecutionContext, bob: UserExecutionContext) -> None:
    log: Any = AnalyticsLog()
    log.track_event("secret", user_context=ada)
    assert log.query_events(user_context=bob) == []
    for more in ({"user_id": "ada"}, {"user_id": "bob"}):
        with pytest.raises(TypeError, match="not both"):
            log.query_events(user_context=bob, **more)
    for nobody in ("ada", object(), {"user_id": "ada"}):
        with pytest.raises(TypeError, match="UserExecutionContext"):
            log.query_events(user_context=nobody)
        with pytest.raises(TypeError, match="UserExecutionContext"):
            log.track_event("x", user_context=nobody)
    await cleanup_user_context(bob)
    with pytest.raises(ContextClosedError):
        log.query_events(user_context=bob)


def test_work_without_a_user_has_no_events() -> None:
    log: Any = AnalyticsLog()
    with system_context("a job of the night") as system:
        with pytest.raises(TypeError):
            log.track_event("x", user_context=system)
        with pytest.raises(TypeError):
            log.query_events(user_context=system)


def test_the_newest_are_given_first_when_there_is_a_limit(ada: UserExecutionContext) -> None:
    log = AnalyticsLog(clock=lambda: 1.0)
    for name in ("a", "b", "a", "c"):
        log.track_event(name, user_context=ada)
    assert [event.name for event in log.query_events(user_id="ada", limit=2)] == ["a", "c"]
    assert len(log.query_events(user_id="ada", name="a", limit=9)) == 2
    with pytest.raises(ValueError, match="limit"):
        log.query_events(user_id="ada", limit=-1)


@pytest.mark.parametrize(
    "user_id", ["' OR 1=1 --", "x" * 300, "x" * 1_000_000, "a\x00b", " ada", "None", 7, b"ada"]
)
def test_hostile_owners_get_nothing(user_id: Any, ada: UserExecutionContext) -> None:
    log = AnalyticsLog()
    log.track_event("secret", user_context=ada)
    try:
        assert log.query_events(user_id=user_id) == []
    except InvalidIdError as error:
        assert len(str(error)) < 500
