from netra_backend.agents.registry import AgentRegistry
from netra_backend.tools.dispatcher import ToolDispatcher


async def test_triage_then_handbook(triage_agent, tools):
    reply = await triage_agent.run("when do I get my refund")
    found = await tools.execute_tool("search", {"query": "refunds"})
    assert reply.text == "billing"
    assert found == ["Refunds take five working days."]


async def test_cost_is_written_down():
    agent = AgentRegistry.get_agent("cost")
    dispatcher = ToolDispatcher()

    async def note(line):
        return await dispatcher.execute_tool("notebook", {"op": "write", "line": line})

    await dispatcher.execute_tool("notebook", {"op": "clear"})
    reply = await agent.run("7000 tokens")
    assert await note(reply.text) == ["21 ct"]
    agent.reset()


async def test_runs_of_the_shared_fixture(triage_agent):
    await triage_agent.run("slow")
    await triage_agent.run("down")
    assert triage_agent.runs == 2


async def test_chain_in_a_nested_function():
    async def summarise_and_sort(text):
        short = await AgentRegistry.get_agent("summary").run(text)
        return (await AgentRegistry.get_agent("triage").run(short.text)).text

    assert await summarise_and_sort("My token is locked. I tried twice.") == "access"
    assert await summarise_and_sort("All is well. Thanks.") == "general"
