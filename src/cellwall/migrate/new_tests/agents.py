"""Spells agents of the target: making one for a context, and letting it work on a canary."""

import json
from typing import final

from cellwall.migrate.new_tests.spelling import Spelling


@final
class Agents:
    """The sample agent, made by the role `agent_factory`.

    Raises:
        UnspellableError: the role or the samples of an agent are missing.
    """

    def __init__(self, say: Spelling) -> None:
        self._say = say
        self._name = json.dumps(say.sample("agent"))
        self.factory: str = say.name_of("agent_factory")

    def make(self, context: str) -> str:
        """Give an expression that makes the agent."""
        return self._say.role("agent_factory", name=self._name, context=context)

    def work(self, agent: str, text: str) -> str:
        """Give an expression that lets the agent work on the text."""
        return self._say.sample("agent_call", agent=agent, text=text)
