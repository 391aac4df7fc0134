"""The queue before a store: bounded, fair, in order."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cellwall.runtime.analytics.event import AnalyticsEvent
from cellwall.runtime.analytics.pending import Pending


def event_of(user_id: str) -> AnalyticsEvent:
    return AnalyticsEvent("view", user_id, "session-1", "request-1", 0.0, "event-1")


def test_one_user_leaves_room_for_others(make_event: Any) -> None:
    pending = Pending(events=4, per_user=2)
    assert [pending.add(make_event("ada")) for _ in range(4)] == [True, True, False, False]
    assert [pending.add(make_event(user)) for user in ("bob", "cleo", "dan")] == [True, True, False]
    pending.forget(2)
    assert pending.add(make_event("ada"))


@given(
    st.lists(st.one_of(st.sampled_from(["ada", "bob"]), st.integers(1, 3)), max_size=40),
    st.integers(1, 6),
    st.integers(1, 4),
)
def test_it_equals_a_list(steps: list[str | int], room: int, share: int) -> None:
    pending, model = Pending(room, share), list[AnalyticsEvent]()
    for step in steps:
        if isinstance(step, str):
            event = event_of(step)
            fits = len(model) < room and sum(kept.user_id == step for kept in model) < share
            assert pending.add(event) == fits
            model += [event] if fits else []
        else:
            number = min(step, len(model))
            assert pending.oldest(step) == model[:step]
            pending.forget(number)
            del model[:number]
        assert len(pending) == len(model)
    pending.clear()
    assert (len(pending), pending.oldest(9)) == (0, [])
