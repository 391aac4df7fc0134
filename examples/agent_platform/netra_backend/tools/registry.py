"""The old way: one tool of each name for the whole process. Kept until the last caller has moved."""

from typing import Any

from netra_backend.tools.calculator import CalculatorTool
from netra_backend.tools.notebook import NotebookTool
from netra_backend.tools.search import SearchTool


class ToolRegistry:
    """Gives everyone the same tools."""

    _classes: dict[str, Any] = {c.name: c for c in (CalculatorTool, NotebookTool, SearchTool)}
    _tools: dict[str, Any] = {}

    @classmethod
    def get_tool(cls, name: str) -> Any:
        """Give the process's tool of this name.

        Raises:
            KeyError: there is no such tool.
        """
        if name not in cls._tools:
            cls._tools[name] = cls._classes[name]()
        return cls._tools[name]


tool_registry = ToolRegistry()


async def add_up(amounts: list[float]) -> float:
    """Add the amounts of a nightly report."""
    tool = ToolRegistry.get_tool("calculator")  # cellwall: allow[global-registry-access] a job without a user
    total = 0.0
    for amount in amounts:
        total = await tool.execute({"op": "add", "a": total, "b": amount})
    return total
