"""Judges whether the checker still finds isolation defects of any kind."""

from typing import Final, final

from cellwall.migrate.criteria.evaluator import Judgement
from cellwall.migrate.criteria.findings_gone import findings_gone
from cellwall.migrate.state import State
from cellwall.migrate.terms import Terms

TERMS: Final = Terms(
    (
        (
            "violation",
            "finding",
            "leak",
            "defect",
            "contaminat",
            "anti pattern",
            "bad pattern",
            "old pattern",
        ),
        ("zero", "no ", "none", "nothing", "never", "without", "free of", "gone", "remov", "clean", "0 "),
    ),
    never=("memory",),
)


@final
class Violations:
    """Met when no finding of any rule is left."""

    name = "violations"

    def covers(self, text: str) -> bool:
        """Tell whether the sentence speaks of it."""
        return TERMS.cover(text)

    def evaluate(self, state: State, text: str) -> Judgement:
        """Judge by the findings that are left."""
        return findings_gone(state)


EVALUATOR: Final = Violations()
