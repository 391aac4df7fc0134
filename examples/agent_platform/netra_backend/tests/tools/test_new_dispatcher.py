"""The new dispatcher: a notebook lasts as long as the request."""

from cellwall import UserExecutionContext
from netra_backend.tools.factory import ToolDispatcherFactory


async def test_lines_are_kept_for_the_request():
    dispatcher = ToolDispatcherFactory.create_for_user(UserExecutionContext.create_for_user("note-taker"))
    await dispatcher.execute_tool("notebook", {"op": "clear"})
    await dispatcher.execute_tool("notebook", {"op": "write", "line": "buy milk"})
    assert await dispatcher.execute_tool("notebook", {"op": "read"}) == ["buy milk"]


async def test_history_ends_with_the_last_call():
    dispatcher = ToolDispatcherFactory.create_for_user(UserExecutionContext.create_for_user("note-taker"))
    await dispatcher.execute_tool("search", {"query": "refunds"})
    assert dispatcher._execution_history[-1].tool == "search"
