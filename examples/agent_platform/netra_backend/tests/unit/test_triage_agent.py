import pytest

from netra_backend.agents.registry import AgentRegistry


def test_plan_has_three_steps():
    agent = AgentRegistry.get_agent("triage")
    assert agent.plan("my invoice is wrong") == ["read 4 words", "match words", "choose queue"]


def test_plan_counts_the_words():
    agent = AgentRegistry.get_agent("triage")
    plan = agent.plan("down")
    assert plan[0] == "read 1 words"
    assert len(plan) == 3


async def test_billing_words():
    agent = AgentRegistry.get_agent("triage")
    reply = await agent.run("I want a refund, please")
    assert reply.text == "billing"
    assert reply.agent == "triage"


async def test_unknown_words_go_to_general():
    agent = AgentRegistry.get_agent("triage")
    assert (await agent.run("hello there")).text == "general"


async def test_empty_prompt():
    agent = AgentRegistry.get_agent("triage")
    with pytest.raises(ValueError, match="needs a prompt"):
        await agent.run("   ")
