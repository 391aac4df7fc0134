"""Steps that users take one after the other; each user's own."""

from analytics_service import tracking
from analytics_service.reports import funnel, usage
from cellwall import UserExecutionContext


def test_steps_in_order():
    ada = UserExecutionContext.create_for_user("funnel-ada")
    for name in ("pay", "visit", "sign_up", "pay"):
        tracking.track_event(name, user_context=ada)
    assert funnel("funnel-ada", ["visit", "sign_up", "pay"]) == [1, 1, 1]


def test_users_are_counted_apart():
    ada = UserExecutionContext.create_for_user("funnel-ada")
    bob = UserExecutionContext.create_for_user("funnel-bob")
    tracking.track_event("page_view", user_context=ada)
    tracking.track_event("page_view", user_context=bob)
    tracking.track_event("page_view", user_context=bob)
    assert usage("funnel-ada") == {"page_view": 1}
    assert usage("funnel-bob") == {"page_view": 2}
