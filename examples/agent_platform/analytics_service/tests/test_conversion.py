"""The funnel that marketing looks at, step by step."""

import pytest

from analytics_service import tracking
from analytics_service.reports import funnel
from cellwall import UserExecutionContext
from netra_backend.agents.registry import AgentRegistry

STEPS = ["visit", "sign_up", "first_run", "pay"]


@pytest.fixture
def walk():
    """Let a visitor take steps."""
    context = UserExecutionContext.create_for_user("conversion-visitor")

    def walk(*steps):
        for step in steps:
            tracking.track_event(step, user_context=context)
        return funnel("conversion-visitor", STEPS)

    return walk


@pytest.mark.parametrize(
    "taken, counts",
    [
        ([], [0, 0, 0, 0]),
        (["visit", "visit"], [2, 0, 0, 0]),
        (["sign_up"], [0, 0, 0, 0]),
        (["visit", "sign_up", "visit"], [2, 1, 0, 0]),
        (STEPS, [1, 1, 1, 1]),
    ],
    ids=["stays away", "comes twice", "no visit", "looks again", "pays"],
)
def test_counts(walk, taken, counts):
    assert walk(*taken) == counts


async def test_first_run_of_an_agent(walk):
    walk("visit", "sign_up")
    reply = await AgentRegistry.get_agent("summary").run("What is this? Tell me.")
    assert walk("first_run" if reply.text else "gave_up") == [1, 1, 1, 0]
