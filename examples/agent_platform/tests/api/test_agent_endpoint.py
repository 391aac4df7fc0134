import pytest

from netra_backend.agents.registry import agent_registry


@pytest.mark.parametrize("name", ["triage", "summary", "cost"])
async def test_endpoint_and_agent_agree(client, signed_in, name):
    prompt = "My invoice says 3000 tokens. Why?"
    agent = agent_registry.get_agent(name)
    answer = await client.post(f"/agents/{name}/run", json={"prompt": prompt}, headers=signed_in("api-user"))
    assert answer.json()["text"] == (await agent.run(prompt)).text
    agent.reset()


async def test_unknown_agent(client, signed_in):
    answer = await client.post("/agents/poet/run", json={"prompt": "x"}, headers=signed_in("api-user"))
    assert answer.status_code == 404


async def test_prompt_too_long(client, signed_in):
    answer = await client.post(
        "/agents/triage/run", json={"prompt": "x" * 2001}, headers=signed_in("api-user")
    )
    assert answer.status_code == 422
