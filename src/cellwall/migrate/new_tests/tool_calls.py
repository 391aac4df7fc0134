"""Spells tool dispatchers of the target: making one for a context, and calling a tool with a canary."""

import json
from typing import final

from cellwall.migrate.new_tests.spelling import Spelling, UnspellableError


@final
class ToolCalls:
    """The sample tool, called through what the role `dispatcher` makes.

    Raises:
        UnspellableError: the role or the samples of a tool are missing, or its members are not known.
    """

    def __init__(self, say: Spelling) -> None:
        if not say.tells("dispatcher"):
            raise UnspellableError("the role 'dispatcher' does not say whether `execute_tool` is a coroutine")
        self._say = say
        self._tool = json.dumps(say.sample("tool"))
        self.factory: str = say.name_of("dispatcher")

    def make(self, context: str) -> str:
        """Give an expression that makes the dispatcher."""
        return self._say.role("dispatcher", context=context)

    def run(self, dispatcher: str, text: str) -> str:
        """Give a call of the tool."""
        arguments = self._say.sample("tool_arguments", text=text)
        return self._say.call("dispatcher", dispatcher, "execute_tool", f"{self._tool}, {arguments}")
