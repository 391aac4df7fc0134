"""Judges the coverage of the application modules that the scoped tests import."""

from typing import Final, final

from cellwall.migrate.criteria.evaluator import Judgement
from cellwall.migrate.state import State
from cellwall.migrate.terms import Terms, percent

TERMS: Final = Terms((("coverage", "covered"),), never=("coverage of user", "covered by a role"))


@final
class Coverage:
    """Met when coverage reaches the percentage that the sentence names, else when it did not fall."""

    name = "coverage"

    def covers(self, text: str) -> bool:
        """Tell whether the sentence speaks of it."""
        return TERMS.cover(text)

    def evaluate(self, state: State, text: str) -> Judgement:
        """Judge by the coverage after the run and, without a percentage, before it."""
        before, after = (state.tests[when].coverage if when in state.tests else None for when in WHEN)
        least = percent(text, -1.0)
        wanted = before if least < 0 else least
        if after is None or wanted is None:
            return Judgement(None, "coverage was not measured")
        return Judgement(after >= wanted, f"{after:.1f}% after, {wanted:.1f}% wanted")


WHEN: Final = ("before", "after")
EVALUATOR: Final = Coverage()
