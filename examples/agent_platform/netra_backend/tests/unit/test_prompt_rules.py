from netra_backend.agents.registry import AgentRegistry
from netra_backend.tools.registry import ToolRegistry

# ported from the old runner (Windows), please keep the line ends

def test_prompt_is_read_word_by_word():
	agent = AgentRegistry.get_agent( "triage" )   # shared, but it keeps nothing
	assert agent.plan("a b c")[0] == "read 3 words"


class TestPrices:
	def test_price_of_nothing(self):
		agent = AgentRegistry.get_agent("cost")
		try:
			assert agent.answer("free?") == "0 ct"
		finally:
			agent.reset()

	async def test_calculator_agrees_with_the_agent(self):
		agent = AgentRegistry.get_agent("cost")
		tool = ToolRegistry.get_tool("calculator")
		cents = await tool.execute({"op": "multiply", "a": 4, "b": 3})
		assert agent.answer("4000 tokens") == f"{cents} ct"
		agent.reset()
