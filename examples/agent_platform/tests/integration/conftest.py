import pytest

from netra_backend.agents.registry import AgentRegistry
from netra_backend.tools.dispatcher import ToolDispatcher


@pytest.fixture
def triage_agent():
    agent = AgentRegistry.get_agent("triage")
    agent.reset()
    yield agent
    agent.reset()


@pytest.fixture
def tools():
    """A dispatcher for the tests of this folder."""
    return ToolDispatcher()
