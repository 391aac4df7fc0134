"""The desk: application code, which is not edited with the tests."""

from app.tools import ToolDispatcher


class Desk:
    """Takes questions."""

    def __init__(self) -> None:
        self.dispatcher = ToolDispatcher()

    def look_up(self) -> str:
        """Look something up."""
        return self.dispatcher.run("search")
