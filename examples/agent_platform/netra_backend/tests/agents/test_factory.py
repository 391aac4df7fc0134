"""The new factory: each request has agents of its own."""

import pytest

from cellwall import UserExecutionContext, cleanup_user_context
from cellwall.runtime.errors import ContextClosedError, UnknownDefinitionError
from netra_backend.agents.factory import agent_instance_factory


def test_two_users_two_agents():
    ada = UserExecutionContext.create_for_user("ada")
    bob = UserExecutionContext.create_for_user("bob")
    first = agent_instance_factory.create_agent("summary", ada)
    second = agent_instance_factory.create_agent("summary", bob)
    first.remember("ada's secret")
    assert first is not second
    assert second.recall() == []


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
