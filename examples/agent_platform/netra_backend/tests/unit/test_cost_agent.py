from netra_backend.agents.registry import AgentRegistry


class TestCostAgent:
    def setup_method(self):
        self.agent = AgentRegistry.get_agent("cost")
        self.agent.reset()

    async def test_a_thousand_tokens(self):
        reply = await self.agent.run("price of 1000 tokens")
        assert reply.text == "3 ct"

    async def test_rounds_up(self):
        assert (await self.agent.run("1 token")).text == "1 ct"

    async def test_total_grows(self):
        await self.agent.run("2000 tokens")
        await self.agent.run("500 tokens")
        assert self.agent.total_cents == 8

    def test_reset_forgets_the_total(self):
        self.agent.answer("9000")
        self.agent.reset()
        assert self.agent.total_cents == 0
        assert self.agent.runs == 0

    def test_no_number_costs_nothing(self):
        assert self.agent.answer("how much is it?") == "0 ct"
