import pytest

from netra_backend.tools.dispatcher import ToolDispatcher


@pytest.fixture
def dispatcher():
    return ToolDispatcher()


async def test_calculator(dispatcher):
    assert await dispatcher.execute_tool("calculator", {"op": "add", "a": 19, "b": 23}) == 42


async def test_search_needs_no_arguments(dispatcher):
    assert await dispatcher.execute_tool("search") == []


async def test_notebook_lasts_as_long_as_the_dispatcher(dispatcher):
    await dispatcher.execute_tool("notebook", {"op": "clear"})
    await dispatcher.execute_tool("notebook", {"op": "write", "line": "first"})
    lines = await dispatcher.execute_tool("notebook", {"op": "write", "line": "second"})
    assert lines == ["first", "second"]


async def test_unknown_tool(dispatcher):
    with pytest.raises(LookupError):
        await dispatcher.execute_tool("hammer", {})
