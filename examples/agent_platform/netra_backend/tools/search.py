"""Looks words up in the platform's handbook, which is the same for everyone."""

from collections.abc import Mapping
from typing import Any

from cellwall import UserExecutionContext

HANDBOOK = (
    "Invoices are sent on the first day of the month.",
    "A locked account opens again after thirty minutes.",
    "Agents answer in the order in which requests arrive.",
    "Refunds take five working days.",
)


class SearchTool:
    """Gives the handbook's sentences that hold every word of `query`."""

    name = "search"

    def __init__(self, context: UserExecutionContext | None = None) -> None:
        self.context = context

    async def execute(self, arguments: Mapping[str, Any]) -> list[str]:
        """Search without regard to case; an empty query finds nothing."""
        words = str(arguments.get("query", "")).lower().split()
        return [line for line in HANDBOOK if words and all(word in line.lower() for word in words)]
