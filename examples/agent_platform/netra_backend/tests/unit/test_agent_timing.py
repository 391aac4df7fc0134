"""Agents under the time limits that the gateway has."""

import asyncio

import pytest

from netra_backend.agents.registry import AgentRegistry


async def test_answer_within_the_gateways_limit():
    agent = AgentRegistry.get_agent("summary")
    reply = await asyncio.wait_for(agent.run("Quick. Or not."), timeout=5)
    assert reply.text == "Quick"


async def test_a_group_of_prompts():
    agent = AgentRegistry.get_agent("triage")
    async with asyncio.timeout(5):
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(agent.run(prompt)) for prompt in ("down", "refund", "hello")]
    assert [task.result().text for task in tasks] == ["outage", "billing", "general"]


async def test_one_bad_prompt_does_not_stop_the_others():
    agent = AgentRegistry.get_agent("triage")
    replies = await asyncio.gather(agent.run("slow"), agent.run(""), return_exceptions=True)
    assert replies[0].text == "outage"
    assert isinstance(replies[1], ValueError)


async def test_answers_come_as_they_are_ready():
    async def answers(*prompts):
        agent = AgentRegistry.get_agent("cost")
        for prompt in prompts:
            yield (await agent.run(prompt)).text

    assert [text async for text in answers("1000", "2000")] == ["3 ct", "6 ct"]


@pytest.mark.parametrize("tokens", range(1000, 4000, 1000))
async def test_price_while_others_ask(tokens):
    async def ask():
        return await AgentRegistry.get_agent("cost").run(f"{tokens}")

    prices = await asyncio.gather(*[ask() for _ in range(3)])
    assert {reply.text for reply in prices} == {f"{3 * tokens // 1000} ct"}
