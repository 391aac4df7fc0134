"""A ledger of what was worked out, kept beside the tools while a test runs."""

from netra_backend.tools.registry import ToolRegistry

BOOKED = {"opening": [40, 2]}


def booked(ledger):
    return sum(sum(amounts) for amounts in ledger.values())


class TestLedger:
    async def test_results_are_booked_under_their_name(self):
        calculator = ToolRegistry.get_tool("calculator")
        BOOKED["sum"] = [await calculator.execute({"op": "add", "a": 1, "b": 2})]
        BOOKED.setdefault("product", []).append(await calculator.execute({"op": "multiply", "a": 2, "b": 3}))
        assert BOOKED == {"opening": [40, 2], "sum": [3], "product": [6]}
        assert booked(BOOKED) == 51

    def test_an_empty_ledger_is_worth_nothing(self):
        assert booked({}) == 0
