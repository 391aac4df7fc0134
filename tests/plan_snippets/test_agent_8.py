"""Plan, "Agent 8: Service-Specific Tests"."""

import pytest

from cellwall import UserExecutionContext, decode_token, generate_token, query_events, track_event

context1 = UserExecutionContext.create_for_user("user1")
context2 = UserExecutionContext.create_for_user("user2")

pytestmark = pytest.mark.usefixtures("fresh_analytics")


# fmt: off
# Each service maintains its own isolation
# Auth Service
def test_auth_token_isolation():
    token1 = generate_token(user_id="user1")
    token2 = generate_token(user_id="user2")

    # Tokens must be unique and isolated
    assert decode_token(token1)["user_id"] == "user1"
    assert decode_token(token2)["user_id"] == "user2"
    assert token1 != token2

# Analytics Service
def test_analytics_data_isolation():
    # Events must be tagged with user context
    track_event("page_view", user_context=context1)
    track_event("page_view", user_context=context2)

    # Query must respect user boundaries
    events1 = query_events(user_id="user1")
    events2 = query_events(user_id="user2")

    assert len(events1) == 1
    assert len(events2) == 1
    assert events1[0].user_id != events2[0].user_id
# fmt: on


def test_events_of_everybody_fail_it(monkeypatch: pytest.MonkeyPatch) -> None:
    own = query_events

    def everybodys(*, user_id: str) -> list[object]:
        return [event for user in ("user1", "user2") for event in own(user_id=user)]

    monkeypatch.setitem(globals(), "query_events", everybodys)
    with pytest.raises(AssertionError):
        test_analytics_data_isolation()
