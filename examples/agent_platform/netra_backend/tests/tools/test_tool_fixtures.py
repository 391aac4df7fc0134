"""Tools from fixtures with all the settings that pytest has."""

import pytest

from netra_backend.tools.dispatcher import ToolDispatcher
from netra_backend.tools.registry import ToolRegistry


@pytest.fixture
def tool(request):
    return ToolRegistry.get_tool(request.param)


@pytest.fixture
async def desk_dispatcher():
    dispatcher = ToolDispatcher(history_limit=5)
    await dispatcher.execute_tool("notebook", {"op": "clear"})
    yield dispatcher
    await dispatcher.execute_tool("notebook", {"op": "clear"})


@pytest.fixture
def written(desk_dispatcher):
    async def write(*lines):
        for line in lines:
            await desk_dispatcher.execute_tool("notebook", {"op": "write", "line": line})

    return write


@pytest.mark.parametrize("tool", ["calculator", "search"], indirect=True)
async def test_tools_forgive_unknown_arguments(tool):
    assert await tool.execute({"op": "add", "query": "", "colour": "blue"}) in (0, [])


async def test_written_by_a_helper(desk_dispatcher, written):
    await written("a", "b")
    assert await desk_dispatcher.execute_tool("notebook", {"op": "read"}) == ["a", "b"]


@pytest.mark.usefixtures("written")
async def test_history_has_room_for_five(desk_dispatcher):
    for number in range(7):
        await desk_dispatcher.execute_tool("calculator", {"op": "add", "a": number})
    assert len(desk_dispatcher._execution_history) == 5
