"""A visit is told again from its events."""

import pytest

from analytics_service import tracking
from analytics_service.reports import usage
from cellwall import UserExecutionContext
from netra_backend.agents.registry import AgentRegistry


class Visit:
    """One visit: what its user did, in order."""

    def __init__(self):
        self.steps = []

    def take(self, name, *, by, user_id):
        event = tracking.track_event(name, user_context=by, step=len(self.steps))
        self.steps.append((user_id, event.name))


@pytest.fixture
def visit():
    visit = Visit()
    guest = UserExecutionContext.create_for_user("replayed-guest")
    visit.take("page_view", by=guest, user_id="replayed-guest")
    visit.take("sign_up", by=guest, user_id="replayed-guest")
    return visit


def test_steps_are_told_in_order(visit):
    assert visit.steps == [("replayed-guest", "page_view"), ("replayed-guest", "sign_up")]
    assert usage("replayed-guest") == {"page_view": 1, "sign_up": 1}


async def test_a_visit_is_summed_up(visit):
    told = ". ".join(name for _, name in visit.steps)
    reply = await AgentRegistry.get_agent("summary").run(told)
    assert reply.text == "page_view"
