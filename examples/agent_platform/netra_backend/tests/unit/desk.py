"""Support's desk as the tests build it."""

from netra_backend.agents.registry import AgentRegistry
from netra_backend.tools.dispatcher import ToolDispatcher

QUERIES = {"billing": "refunds", "access": "locked"}


class Desk:
    """Sorts a question, looks it up, and writes a ticket."""

    def __init__(self):
        self.agent = AgentRegistry.get_agent("triage")
        self.tools = ToolDispatcher()
        self._empty = True

    async def look_up(self, question):
        if self._empty:
            await self.tools.execute_tool("notebook", {"op": "clear"})
            self._empty = False
        queue = (await self.agent.run(question)).text
        await self.tools.execute_tool("notebook", {"op": "write", "line": queue})
        return await self.tools.execute_tool("search", {"query": QUERIES.get(queue, "")})

    async def tickets(self):
        return await self.tools.execute_tool("notebook", {"op": "read"})
