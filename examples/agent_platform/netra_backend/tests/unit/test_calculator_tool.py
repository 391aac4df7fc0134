import pytest
from netra_backend.tools.registry import ToolRegistry


@pytest.mark.parametrize(
    ("op", "a", "b", "expected"),
    [
        ("add", 2, 3, 5),
        ("subtract", 2, 3, -1),
        ("multiply", 4, 5, 20),
        ("divide", 9, 3, 3.0),
    ],
)
async def test_operations(op, a, b, expected):
    tool = ToolRegistry.get_tool("calculator")
    assert await tool.execute({"op": op, "a": a, "b": b}) == expected


async def test_missing_numbers_are_zero():
    result = await ToolRegistry.get_tool("calculator").execute({"op": "add"})
    assert result == 0


async def test_division_by_zero():
    divide = ToolRegistry.get_tool("calculator").execute
    with pytest.raises(ZeroDivisionError):
        await divide({"op": "divide", "a": 1})


async def test_unknown_operation():
    tool = ToolRegistry.get_tool(
        "calculator",
    )
    with pytest.raises(ValueError) as caught:
        await tool.execute({"op": "power", "a": 2, "b": 8})
    assert "power" in str(caught.value)
