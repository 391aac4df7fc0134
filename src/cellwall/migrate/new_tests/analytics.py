"""Spells analytics events of the target: keeping one of a context, and asking for those of a user."""

from typing import final

from cellwall.migrate.new_tests.held_texts import held_texts
from cellwall.migrate.new_tests.spelling import Spelling


@final
class Analytics:
    """Events with an owner.

    Raises:
        UnspellableError: the role `track` or `query` is missing.
    """

    def __init__(self, say: Spelling) -> None:
        self._say = say
        self.keeps: str = say.name_of("track")
        self.asks: str = say.name_of("query")

    def track(self, name: str, context: str) -> str:
        """Give a call that keeps an event."""
        return self._say.role("track", name=name, context=context)

    def texts(self, user: str) -> str:
        """Give the texts of all events that a question for the user is answered with."""
        return f"texts_held_by({self._say.role('query', user_id=user)})"

    def helper(self) -> str:
        """Give the source of `texts_held_by`, followed by two empty lines."""
        return held_texts(self._say)
