"""The new dispatchers: what one user's tools keep, another's do not see."""

import asyncio

from cellwall import UserExecutionContext
from netra_backend.tools.factory import ToolDispatcherFactory


async def test_notebooks_are_apart():
    ada = ToolDispatcherFactory.create_for_user(UserExecutionContext.create_for_user("ada"))
    bob = ToolDispatcherFactory.create_for_user(UserExecutionContext.create_for_user("bob"))
    await asyncio.gather(
        ada.execute_tool("notebook", {"op": "write", "line": "ada's line"}),
        bob.execute_tool("notebook", {"op": "write", "line": "bob's line"}),
    )
    assert await ada.execute_tool("notebook", {"op": "read"}) == ["ada's line"]
    assert await bob.execute_tool("notebook", {"op": "read"}) == ["bob's line"]
    assert ada._execution_history != bob._execution_history
