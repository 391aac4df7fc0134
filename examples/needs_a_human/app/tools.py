"""The dispatcher of tools."""

from app.context import RequestContext


class ToolDispatcher:
    """Runs tools, for a context where it is given one."""

    def __init__(
        self, context: RequestContext | None = None, tools: tuple[str, ...] = (), retries: int = 0
    ) -> None:
        self.context = context
        self.tools = tools
        self.retries = retries

    def run(self, tool: str) -> str:
        """Run a tool."""
        return f"{tool} ran"
