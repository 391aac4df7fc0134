from analytics_service import tracking
from analytics_service.reports import usage
from cellwall import UserExecutionContext
from netra_backend.tools.dispatcher import ToolDispatcher


class TestToolFigures:
    def setup_method(self):
        self.dispatcher = ToolDispatcher()
        self.context = UserExecutionContext.create_for_user("tool-counter")

    async def test_each_call_is_an_event(self):
        for query in ("refunds", "invoices", ""):
            await self.dispatcher.execute_tool("search", {"query": query})
        for entry in self.dispatcher._execution_history:
            tracking.track_event(f"tool_{entry.tool}", user_context=self.context)
        assert usage("tool-counter") == {"tool_search": 3}
