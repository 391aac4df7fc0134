import pytest

from analytics_service import tracking
from cellwall import UserExecutionContext
from netra_backend.agents import agent_registry


class Costs:
    """Runs the cost agent and leaves a figure behind each time."""

    def __init__(self, agent, context):
        self.agent, self.context = agent, context

    async def __aenter__(self):
        self.agent.reset()
        return self

    async def __aexit__(self, *error):
        tracking.track_event("total", user_context=self.context, cents=self.agent.total_cents)
        self.agent.reset()

    async def run(self, tokens):
        return (await self.agent.run(f"{tokens} tokens")).text


async def test_total_is_written_down_at_the_end():
    context = UserExecutionContext.create_for_user("cost-counter")
    async with Costs(agent_registry.get_agent("cost"), context) as costs:
        assert await costs.run(2000) == "6 ct"
        assert await costs.run(1000) == "3 ct"
    (event,) = tracking.query_events(user_id="cost-counter", name="total")
    assert event.properties == {"cents": 9}


async def test_total_is_written_down_after_an_error():
    context = UserExecutionContext.create_for_user("cost-counter")
    agent = agent_registry.get_agent("cost")
    with pytest.raises(ValueError):
        async with Costs(agent, context) as costs:
            await costs.agent.run("")
    assert tracking.query_events(user_id="cost-counter")[-1].properties["cents"] == 0
