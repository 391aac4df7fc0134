"""Arithmetic on two numbers."""

from collections.abc import Mapping
from typing import Any

from cellwall import UserExecutionContext

_OPERATIONS = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
}


class CalculatorTool:
    """Works out `op` on `a` and `b`; both are 0 when missing."""

    name = "calculator"

    def __init__(self, context: UserExecutionContext | None = None) -> None:
        self.context = context

    async def execute(self, arguments: Mapping[str, Any]) -> float:
        """Give the result.

        Raises:
            ValueError: an operation that it does not know.
        """
        operation = _OPERATIONS.get(arguments.get("op", ""))
        if operation is None:
            raise ValueError(f"unknown operation {arguments.get('op')!r}")
        return operation(arguments.get("a", 0), arguments.get("b", 0))
