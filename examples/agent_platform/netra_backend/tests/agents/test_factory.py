"""The new factory, tried out by the first team that moved to it."""

import pytest

from cellwall import UserExecutionContext, cleanup_user_context
from cellwall.runtime.errors import ContextClosedError, UnknownDefinitionError
from netra_backend.agents.factory import agent_instance_factory


def test_notes_of_a_request():
    ada = UserExecutionContext.create_for_user("ada")
    agent = agent_instance_factory.create_agent("summary", ada)
    agent.reset()
    agent.remember("ada likes it short")
    assert agent.recall() == ["ada likes it short"]


async def test_reply_names_its_user():
    ada = UserExecutionContext.create_for_user("ada")
    reply = await agent_instance_factory.create_agent("triage", ada).run("refund")
    assert reply.user_id == "ada"


def test_unknown_agent():
    with pytest.raises(UnknownDefinitionError, match="poet"):
        agent_instance_factory.create_agent("poet", UserExecutionContext.create_for_user("ada"))


async def test_no_agent_after_the_request():
    ada = UserExecutionContext.create_for_user("ada")
    await cleanup_user_context(ada)
    with pytest.raises(ContextClosedError):
        agent_instance_factory.create_agent("triage", ada)
