"""Judges whether the tests use the same patterns everywhere: no place keeps another one."""

from typing import Final, final

from cellwall.migrate.criteria.evaluator import Judgement
from cellwall.migrate.criteria.findings_gone import findings_gone
from cellwall.migrate.criteria.together import together
from cellwall.migrate.figures import patterns
from cellwall.migrate.state import State
from cellwall.migrate.terms import Terms
from cellwall.project.number_of import number_of

TERMS: Final = Terms(
    (
        ("consisten", "uniform", "same pattern", "same few pattern", "same way", "one way", "single way"),
        ("pattern", "test", "suite", "fixture", "code"),
    )
)  # fmt: skip


@final
class Consistency:
    """Met when no finding is left and none is silenced: what a rule knows is spelled as the roles say."""

    name = "consistency"

    def covers(self, text: str) -> bool:
        """Tell whether the sentence speaks of it."""
        return TERMS.cover(text)

    def evaluate(self, state: State, text: str) -> Judgement:
        """Judge by findings, suppressions and the patterns that the repairs followed."""
        measured = state.findings_after
        if measured is None:
            return Judgement(None, "the findings at the end were not counted")
        return together([findings_gone(state), _silenced(measured.suppressed), *_followed(state)])


def _silenced(suppressed: int) -> Judgement:
    kept = number_of(suppressed, "place keeps", "places keep") if suppressed else "no places keep"
    return Judgement(not suppressed, f"{kept} an old pattern by a suppression")


def _followed(state: State) -> list[Judgement]:
    found = patterns(state)
    if not found:
        return []
    repairs = number_of(sum(found.values()), "repair follows", "repairs follow")
    return [Judgement(True, f"{repairs} {number_of(len(found), 'pattern')}")]


EVALUATOR: Final = Consistency()
