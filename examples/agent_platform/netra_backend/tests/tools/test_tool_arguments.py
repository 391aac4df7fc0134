from netra_backend.tools.registry import tool_registry


async def test_arguments_are_not_changed():
    tool = tool_registry.get_tool("calculator")
    given = {"op": "subtract", "a": 10, "b": 4}
    assert await tool.execute(given) == 6
    assert given == {"op": "subtract", "a": 10, "b": 4}


async def test_unused_arguments_are_ignored():
    tool = tool_registry.get_tool("search")
    assert len(await tool.execute({"query": "invoices", "page": 3})) == 1


async def test_each_tool_knows_its_name():
    names = []
    for name in ("calculator", "search", "notebook"):
        names.append(tool_registry.get_tool(name).name)
    assert names == ["calculator", "search", "notebook"]
