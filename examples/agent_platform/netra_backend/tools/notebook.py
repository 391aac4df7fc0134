"""Notes that last as long as the tool."""

from collections.abc import Mapping
from typing import Any

from cellwall import UserExecutionContext


class NotebookTool:
    """Keeps lines: `{"op": "write", "line": ...}`, `{"op": "read"}`, `{"op": "clear"}`."""

    name = "notebook"

    def __init__(self, context: UserExecutionContext | None = None) -> None:
        self.context = context
        self._lines: list[str] = []

    async def execute(self, arguments: Mapping[str, Any]) -> list[str]:
        """Do as told and give all lines.

        Raises:
            ValueError: an operation that it does not know.
        """
        match arguments.get("op"):
            case "write":
                self._lines.append(str(arguments["line"]))
            case "clear":
                self._lines.clear()
            case "read":
                pass
            case other:
                raise ValueError(f"unknown operation {other!r}")
        return list(self._lines)
