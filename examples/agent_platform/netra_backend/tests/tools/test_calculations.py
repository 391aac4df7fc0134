"""Arithmetic that billing relies on, written by billing."""

import asyncio
from decimal import Decimal

from netra_backend.tools.registry import tool_registry


class Ledger:
    """Adds up by the calculator tool."""

    def __init__(self, calculator):
        self.calculator = calculator
        self.total = 0

    async def book(self, amount):
        self.total = await self.calculator.execute({"op": "add", "a": self.total, "b": amount})
        return self


async def test_a_days_bookings():
    ledger = Ledger(tool_registry.get_tool("calculator"))
    for amount in (1200, -300, 50):
        await ledger.book(amount)
    assert ledger.total == 950


async def test_cents_stay_exact():
    tool = tool_registry.get_tool("calculator")
    assert await tool.execute({"op": "add", "a": Decimal("0.10"), "b": Decimal("0.20")}) == Decimal("0.30")


async def test_shares():
    tool = tool_registry.get_tool("calculator")
    half, third = await asyncio.gather(
        tool.execute({"op": "divide", "a": 90, "b": 2}), tool.execute({"op": "divide", "a": 90, "b": 3})
    )
    assert (half, third) == (45, 30)


async def test_the_tool_or_nothing(request):
    tool = tool_registry.get_tool("calculator") if not request.config.option.collectonly else None
    match await tool.execute({"op": "multiply", "a": 7, "b": 6}):
        case 42:
            pass
        case other:
            raise AssertionError(other)
