"""Judges whether the new patterns are used everywhere: nothing old is left, the context is there."""

from typing import Final, final

from cellwall.migrate.criteria.evaluator import Judgement
from cellwall.migrate.criteria.findings_gone import findings_gone
from cellwall.migrate.criteria.together import together
from cellwall.migrate.state import State
from cellwall.migrate.terms import Terms, percent

TERMS: Final = Terms(
    (
        ("pattern",),
        ("complian", "comply", "all ", "every", "new ", "consisten", "100", "everywhere"),
        ("test", "suite", "complian", "comply"),
    ),
    never=("context", "anti pattern", "old pattern", "bad pattern"),
)


@final
class PatternCompliance:
    """Met when no finding is left and every module that reaches a role uses the context."""

    name = "pattern-compliance"

    def covers(self, text: str) -> bool:
        """Tell whether the sentence speaks of it."""
        return TERMS.cover(text)

    def evaluate(self, state: State, text: str) -> Judgement:
        """Judge by findings and by the modules that use the context at the end."""
        gone, measured = findings_gone(state), state.findings_after
        if measured is None:
            return gone
        uses, wants = measured.files_with_context, measured.wants_context
        enough = 100 * uses >= percent(text, 100) * wants
        return together([gone, Judgement(enough, f"{uses} of {wants} test modules use the context")])


EVALUATOR: Final = PatternCompliance()
