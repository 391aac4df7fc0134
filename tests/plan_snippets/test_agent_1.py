"""Plan, "Agent 1: Core Backend Unit Tests". The wrong way ends in an error; the right one makes an agent."""

import pytest

from cellwall import AgentRegistry, UserExecutionContext
from tests.plan_snippets.parts import EchoAgent, agents

agent_instance_factory = agents("test_agent")

# ruff: noqa: F841
# fmt: off


def test_before() -> None:
    with pytest.raises(AttributeError, match="get_agent"):
        # Before (WRONG):
        agent = AgentRegistry.get_agent("test_agent")  # type: ignore[attr-defined]


def test_after() -> None:
    # After (CORRECT):
    user_context = UserExecutionContext.create_for_user(user_id="test-user-123")
    agent = agent_instance_factory.create_agent("test_agent", user_context)
    assert isinstance(agent, EchoAgent)
    assert agent.context is user_context
