"""Judges whether the checker still finds isolation defects of any kind."""

from typing import Final, final

from cellwall.migrate.criteria.as_many_users import with_many_users
from cellwall.migrate.criteria.evaluator import Judgement
from cellwall.migrate.criteria.findings_gone import findings_gone
from cellwall.migrate.criteria.together import together
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
    """Met when no finding of any rule is left, and no test that ran as many users leaked."""

    name = "violations"

    def covers(self, text: str) -> bool:
        """Tell whether the sentence speaks of it."""
        return TERMS.cover(text)

    def evaluate(self, state: State, text: str) -> Judgement:
        """Judge by the findings that are left, and by the tests that ran as many users."""
        return together(with_many_users(state, findings_gone(state)))


EVALUATOR: Final = Violations()
