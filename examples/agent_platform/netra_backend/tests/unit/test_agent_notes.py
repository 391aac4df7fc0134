from netra_backend.agents.registry import AgentRegistry as Registry


def test_notes_keep_their_order():
    agent = Registry.get_agent("summary")
    agent.reset()
    agent.remember("likes short answers")
    agent.remember("pays by card")
    assert agent.recall() == ["likes short answers", "pays by card"]


def test_recall_gives_a_copy():
    agent = Registry.get_agent("summary"); agent.reset()
    agent.recall().append("not kept")
    assert agent.recall() == []


async def test_two_agents_side_by_side(long_prompt):
    # one shortens, the other sorts
    short, sort = Registry.get_agent("summary"), Registry.get_agent("triage")
    shortened = await short.run(long_prompt)
    sorted_to = await sort.run(shortened.text)
    assert shortened.text == "The nightly import stopped"
    assert sorted_to.text == "general"


async def test_notes_survive_a_run():
    agent = Registry.get_agent("summary")
    agent.reset()
    agent.remember("keep me")
    await agent.run("Something. Else.")
    assert agent.recall() == ["keep me"]
    agent.reset()
