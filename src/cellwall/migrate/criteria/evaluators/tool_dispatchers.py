"""Judges whether tool dispatchers are built with a context."""

from typing import Final, final

from cellwall.migrate.criteria.evaluator import Judgement
from cellwall.migrate.criteria.findings_gone import findings_gone
from cellwall.migrate.state import State
from cellwall.migrate.terms import Terms

TERMS: Final = Terms(
    (
        ("dispatcher", "tool"),
        ("context", "isolat", "per user", "per request", "own ", "separat", "shar", "leak"),
    )
)


@final
class ToolDispatchers:
    """Met when no finding of a dispatcher without context is left."""

    name = "tool-dispatchers"

    def covers(self, text: str) -> bool:
        """Tell whether the sentence speaks of it."""
        return TERMS.cover(text)

    def evaluate(self, state: State, text: str) -> Judgement:
        """Judge by the findings that are left."""
        return findings_gone(state, "dispatcher")


EVALUATOR: Final = ToolDispatchers()
