"""Judges the share of tests that pass after the run."""

from typing import Final, final

from cellwall.migrate.criteria.evaluator import Judgement
from cellwall.migrate.measured_tests import counts, suite
from cellwall.migrate.state import State
from cellwall.migrate.terms import Terms, percent
from cellwall.project.number_of import number_of

TERMS: Final = Terms(
    (
        ("test", "suite", "pass rate", "check"),
        ("pass rate", "passing", "tests pass", "all pass", "suite pass", "must pass", "to pass", "green",
         "no test fail", "none fail", "no fail", "zero fail", "without fail", "succeed", "pass ",
         "test passes after", "test passes at", "test passes in", "test still pass", "tests still pass"),
    ),
    never=("context", "argument", "parameter"),
)  # fmt: skip


@final
class PassRate:
    """Met when the whole suite passes (or the percentage that the sentence names) and no test was lost."""

    name = "pass-rate"

    def covers(self, text: str) -> bool:
        """Tell whether the sentence speaks of it."""
        return TERMS.cover(text)

    def evaluate(self, state: State, text: str) -> Judgement:
        """Judge by the whole suite after the run."""
        after = suite(state, "after")
        if after is None:
            noted = state.tests.get("after")
            why = f": {noted.note}" if noted and noted.note else ""
            return Judgement(None, f"the whole suite was not run after the updates{why}")
        found = counts(after.counts)
        if found.rate is None:
            return Judgement(None, "no test had an outcome")
        evidence = f"{found.passed} of {number_of(found.passed + found.bad, 'test passes', 'tests pass')}"
        if after.lost:
            return Judgement(
                False, f"{evidence}, {number_of(len(after.lost), 'test was', 'tests were')} lost"
            )
        return Judgement(found.rate >= percent(text, 100), evidence)


EVALUATOR: Final = PassRate()
