from netra_backend import agents


def ask(name, prompt):
    def answer():
        agent = agents.agent_registry.get_agent(name)
        return agent.answer(prompt)

    return answer()


def test_answers_do_not_depend_on_notes():
    agent = agents.AgentRegistry.get_agent("triage")
    before = agent.answer("login please")
    agent.remember("always says billing")
    try:
        assert agent.answer("login please") == before == "access"
    finally:
        agent.reset()


def test_ask_through_the_helper():
    assert ask("summary", "Short. Long.") == "Short"
    assert ask("triage", "timeout") == "outage"


async def test_runs_start_at_nothing():
    agent = agents.AgentRegistry.get_agent("summary")
    agent.reset()
    assert agent.runs == 0
    await agent.run("x")
    assert agent.runs == 1
