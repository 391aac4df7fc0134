"""Judges whether what passed before the run still passes."""

from typing import Final, final

from cellwall.migrate.criteria.evaluator import Judgement
from cellwall.migrate.measured_tests import failing_now, suite
from cellwall.migrate.state import State
from cellwall.migrate.terms import Terms
from cellwall.project.number_of import number_of

TERMS: Final = Terms(
    (("regress", "still pass", "passed before", "pass as before", "keep passing", "keeps passing", "broke"),)
)


@final
class Regressions:
    """Met when no test that passed before fails or is gone."""

    name = "regressions"

    def covers(self, text: str) -> bool:
        """Tell whether the sentence speaks of it."""
        return TERMS.cover(text)

    def evaluate(self, state: State, text: str) -> Judgement:
        """Judge by the whole suite before and after the run."""
        before, after = suite(state, "before"), suite(state, "after")
        if before is None or after is None:
            return Judgement(None, "the whole suite was not run both before and after the updates")
        failing = failing_now(len(after.regressions))
        evidence = f"{failing}, {number_of(len(after.lost), 'is', 'are')} gone"
        return Judgement(not after.regressions and not after.lost, evidence)


EVALUATOR: Final = Regressions()
