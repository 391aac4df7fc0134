import asyncio

from netra_backend.agents.registry import AgentRegistry


async def test_outages_are_never_sent_to_billing():
    agent = AgentRegistry.get_agent("triage")
    for prompt in ("invoice page is down", "down: invoice page", "timeout!"):
        queue = (await agent.run(prompt)).text
        assert queue in ("outage", "billing")
        if "invoice" not in prompt:
            assert queue == "outage"


async def test_fifty_prompts_at_once():
    agent = AgentRegistry.get_agent("cost")
    agent.reset()
    replies = await asyncio.gather(*(agent.run(f"{n}000 tokens") for n in range(1, 51)))
    assert [reply.text for reply in replies] == [f"{3 * n} ct" for n in range(1, 51)]
    assert agent.total_cents == 3 * sum(range(1, 51))
    agent.reset()


class TestEveryAgentAnswers:
    async def test_all(self):
        for name in AgentRegistry.names():
            agent = AgentRegistry.get_agent(name)
            assert (await agent.run("status of 1000 tokens")).agent == name

    def test_plans_are_never_empty(self):
        triage = AgentRegistry.get_agent("triage")
        cost = AgentRegistry.get_agent("cost")
        assert triage.plan("x") and cost.plan("x")
        assert len(triage.plan("x")) > len(cost.plan("x"))
