"""Judges whether the test modules that should use the context do."""

from typing import Final, final

from cellwall.migrate.criteria.evaluator import Judgement
from cellwall.migrate.remaining import unparseable
from cellwall.migrate.state import State
from cellwall.migrate.terms import Terms, percent

TERMS: Final = Terms(
    (
        ("test", "fixture", "suite"),
        ("context",),
        (
            "updat",
            "use",
            "using",
            "migrat",
            "pattern",
            "adopt",
            "take",
            "receiv",
            "built",
            "build",
            "has ",
            "have ",
            "through",
            "carr",
            "get ",
            "gets ",
        ),
    )
)


@final
class ContextPattern:
    """Met when every test module that reaches what needs a context uses one; a percentage is followed."""

    name = "context-pattern"

    def covers(self, text: str) -> bool:
        """Tell whether the sentence speaks of it."""
        return TERMS.cover(text)

    def evaluate(self, state: State, text: str) -> Judgement:
        """Judge by the modules that use the context at the end."""
        measured = state.findings_after
        if measured is None:
            return Judgement(None, "the use of the context at the end was not counted")
        uses, wants = measured.files_with_context, measured.wants_context
        if not wants:
            return Judgement(None, "no test module in scope needs a context, so nothing shows the pattern")
        evidence = f"{uses} of {wants} test modules that reach a user's things use the context"
        if 100 * uses < percent(text, 100) * wants:
            return Judgement(False, evidence)
        hidden = len(unparseable(state))
        return Judgement(None if hidden else True, evidence + f", {hidden} do not parse" * bool(hidden))


EVALUATOR: Final = ContextPattern()
