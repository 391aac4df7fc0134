import pytest

from netra_backend.agents import AgentRegistry

CASES = [
    ("The page is down again!", "outage"),
    ("I forgot my password", "access"),
    ("Please send the invoice.", "billing"),
    ("ERROR on every click", "outage"),
    ("Good morning", "general"),
]


@pytest.mark.parametrize("prompt, queue", CASES)
async def test_queue(prompt, queue):
    reply = await AgentRegistry.get_agent("triage").run(prompt)
    assert reply.text == queue


@pytest.mark.parametrize("prompt", [p for p, _ in CASES])
async def test_every_reply_says_its_steps(prompt):
    agent = AgentRegistry.get_agent("triage")
    reply = await agent.run(prompt)
    assert reply.steps == tuple(agent.plan(prompt))
