"""What a summary agent is asked is kept in the order in which it was asked."""

import pytest

from netra_backend.agents.registry import agent_registry

HEARD = []


@pytest.fixture
def summary():
    agent = agent_registry.get_agent("summary")
    agent.reset()
    return agent


async def test_prompts_are_kept_as_they_come(summary):
    for prompt in ("First. More.", "Second. More."):
        await summary.run(prompt)
    assert summary.asked[-2:] == ["First. More.", "Second. More."]


async def test_replies_come_in_the_order_of_the_prompts():
    agent = agent_registry.get_agent("summary")

    async def hear(prompt):
        HEARD.append((await agent.run(prompt)).text)

    for prompt in ("Ada signed in. Twice.", "Bob signed out. Once."):
        await hear(prompt)
    assert HEARD == ["Ada signed in", "Bob signed out"]


async def test_an_empty_prompt_is_refused(summary):
    with pytest.raises(ValueError, match="prompt"):
        await summary.run("  ")
