"""The tools that billing depends on."""

import asyncio

from netra_backend.tools.dispatcher import ToolDispatcher
from netra_backend.tools.registry import ToolRegistry


async def test_sums_are_right_under_load():
    dispatcher = ToolDispatcher()

    async def double(n):
        return await dispatcher.execute_tool("calculator", {"op": "add", "a": n, "b": n})

    sums = await asyncio.gather(*(double(n) for n in range(100)))
    assert sums == [2 * n for n in range(100)]
    assert len(dispatcher._execution_history) == 100


async def test_tool_and_dispatcher_agree():
    tool, dispatcher = ToolRegistry.get_tool("calculator"), ToolDispatcher()
    call = {"op": "divide", "a": 10, "b": 4}
    assert await tool.execute(call) == await dispatcher.execute_tool("calculator", call) == 2.5
