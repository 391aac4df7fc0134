"""The old way: a dispatcher that works for nobody in particular, over the shared tools."""

from collections import deque
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cellwall import ToolExecution

from netra_backend.tools.registry import ToolRegistry


class ToolDispatcher:
    """Runs the process's tools and keeps a history of everybody's calls."""

    def __init__(self, history_limit: int = 1000) -> None:
        self._execution_history: deque[ToolExecution] = deque(maxlen=history_limit)

    async def execute_tool(self, name: str, arguments: Mapping[str, Any] | None = None) -> Any:
        """Run one tool."""
        given = dict(arguments or {})
        # cellwall: allow[global-registry-access] this dispatcher is what the new one replaces
        tool = ToolRegistry.get_tool(name)
        try:
            result = await tool.execute(given)
        except Exception as error:
            self._record(name, given, type(error).__name__)
            raise
        self._record(name, given, "ok")
        return result

    def _record(self, name: str, arguments: dict[str, Any], outcome: str) -> None:
        self._execution_history.append(ToolExecution("-", name, MappingProxyType(arguments), outcome))


maintenance_dispatcher = ToolDispatcher()  # cellwall: allow[dispatcher-without-context] jobs without a user
