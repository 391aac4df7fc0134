"""One base class for the tests of agents that answer without asking anybody."""

from netra_backend.agents.registry import agent_registry


class AgentTests:
    """Subclasses say which agent; `self.agent()` gives it as new."""

    name = "triage"

    def agent(self):
        agent = agent_registry.get_agent(self.name)
        agent.reset()
        return agent

    @staticmethod
    def price(tokens):
        return agent_registry.get_agent("cost").answer(f"{tokens} tokens")


class TestTriageAnswers(AgentTests):
    def test_first_queue_wins(self):
        assert self.agent().answer("invoice for a slow page") == "billing"

    async def test_a_run_is_counted(self):
        agent = self.agent()
        await agent.run("slow")
        assert agent.runs == 1


class TestSummaryAnswers(AgentTests):
    name = "summary"

    def test_one_sentence(self):
        assert self.agent().answer("First. Second.") == "First"


class TestPrices(AgentTests):
    name = "cost"

    def test_price_list(self):
        assert [self.price(n) for n in (0, 1, 1000, 1001)] == ["0 ct", "1 ct", "3 ct", "4 ct"]
