"""What the back end knows of a user by asking the analytics service."""

from netra_backend.agents.registry import AgentRegistry


async def test_runs_are_counted(client, signed_in):
    headers = signed_in("usage-reader")
    agent = AgentRegistry.get_agent("triage")
    prompts = ["slow page", "refund"]
    for prompt in prompts:
        answer = await client.post("/agents/triage/run", json={"prompt": prompt}, headers=headers)
        assert answer.json()["text"] == agent.answer(prompt)
    assert (await client.get("/usage", headers=headers)).json()["agent_run"] >= len(prompts)


async def test_usage_needs_a_token(client):
    assert (await client.get("/usage")).status_code == 401
