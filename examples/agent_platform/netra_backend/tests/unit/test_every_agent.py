"""Runs the same checks over every agent there is; a new agent is covered without a new test."""

import pytest

from netra_backend.agents.base import AgentReply
from netra_backend.agents.registry import AgentRegistry


@pytest.fixture(params=["triage", "summary", "cost"])
def any_agent(request):
    agent = AgentRegistry.get_agent(request.param)
    agent.reset()
    yield agent
    agent.reset()


async def test_answers_with_a_reply(any_agent):
    reply = await any_agent.run("1000 tokens, please")
    assert isinstance(reply, AgentReply)
    assert reply.text


async def test_what_was_asked_is_kept(any_agent):
    await any_agent.run("first")
    await any_agent.run("second")
    assert any_agent.asked == ["first", "second"]


@pytest.mark.parametrize("prompt", ["", " ", "\n\t"], ids=["nothing", "a space", "white"])
async def test_needs_a_prompt(any_agent, prompt):
    with pytest.raises(ValueError):
        await any_agent.run(prompt)
