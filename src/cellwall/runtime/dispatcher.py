"""The tool dispatcher of one request: its own tools, its own history."""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, final

from cellwall.runtime.context import UserExecutionContext
from cellwall.runtime.errors import ToolTimeoutError
from cellwall.runtime.tools import Tool, ToolFactory, tool_factory

HISTORY_LIMIT: Final = 1000
TIME_LIMIT: Final = 60.0


@dataclass(frozen=True, slots=True)
class ToolExecution:
    """One call of a tool: for which request, with what, and how it ended (`ok` or the error's name)."""

    request_id: str
    tool: str
    arguments: Mapping[str, Any]
    outcome: str


@final
class ToolDispatcher:
    """Runs tools for one request. Made by `ToolDispatcherFactory.create_for_user`."""

    def __init__(
        self,
        context: UserExecutionContext,
        tools: ToolFactory,
        *,
        history_limit: int = HISTORY_LIMIT,
        time_limit: float = TIME_LIMIT,
    ) -> None:
        context.require_open()
        self.context: Final = context
        self._factory = tools
        self._time_limit = time_limit
        self._tools: dict[str, Tool] = {}
        self._execution_history: deque[ToolExecution] = deque(maxlen=history_limit)
        context.on_cleanup(self._tools.clear)

    async def execute_tool(self, name: str, arguments: Mapping[str, Any] | None = None) -> Any:
        """Run tool `name`; the request keeps one instance of each tool that it uses.

        Raises:
            UnknownDefinitionError: nobody registered the name.
            ContextClosedError: the request has ended.
            ToolTimeoutError: the tool took longer than the time limit (60 s by default).
        """
        self.context.require_open()
        given = dict(arguments or {})
        try:
            result = await self._run(name, given)
        except BaseException as error:
            self._record(name, given, type(error).__name__)
            raise
        self._record(name, given, "ok")
        return result

    async def _run(self, name: str, arguments: dict[str, Any]) -> Any:
        tool = self._tools.get(name)
        if tool is None:
            tool = self._tools[name] = self._factory.create_tool(name, self.context)
        limit = asyncio.timeout(self._time_limit)
        try:
            async with limit:
                return await tool.execute(dict(arguments))
        except TimeoutError as error:
            if limit.expired():
                raise ToolTimeoutError(f"tool {name!r} took longer than {self._time_limit} s") from error
            raise

    def _record(self, name: str, arguments: dict[str, Any], outcome: str) -> None:
        entry = ToolExecution(self.context.request_id, name, MappingProxyType(arguments), outcome)
        self._execution_history.append(entry)


@final
class ToolDispatcherFactory:
    """Makes dispatchers, each one new and bound to one request."""

    @staticmethod
    def create_for_user(
        context: UserExecutionContext,
        *,
        tools: ToolFactory = tool_factory,
        history_limit: int = HISTORY_LIMIT,
        time_limit: float = TIME_LIMIT,
    ) -> ToolDispatcher:
        """Make the dispatcher of one request; `tools` defaults to the module-level tool factory.

        Raises:
            ContextClosedError: the request has ended.
        """
        return ToolDispatcher(context, tools, history_limit=history_limit, time_limit=time_limit)
