"""Judges whether touched and new tests state how they keep users apart, and whether that is true."""

from typing import Final, final

from cellwall.migrate.criteria.evaluator import Judgement
from cellwall.migrate.criteria.findings_gone import findings_gone
from cellwall.migrate.criteria.together import together
from cellwall.migrate.state import State
from cellwall.migrate.terms import Terms, percent

RULE: Final = "isolation-statement"  # finds statements that are not true, where the run's rules have it
SHOWN: Final = 3
TERMS: Final = Terms(
    (
        ("document", "docstring", "explain", "states how", "states its", "says how", "say how", "describe"),
        ("test", "fixture", "suite"),
        ("isolat", "strateg", "apart", "separat", "protect", "user"),
    )
)


@final
class IsolationStatements:
    """Met when every touched or new test has a statement and none is untrue; a percentage is followed."""

    name = "isolation-statements"

    def covers(self, text: str) -> bool:
        """Tell whether the sentence speaks of it."""
        return TERMS.cover(text)

    def evaluate(self, state: State, text: str) -> Judgement:
        """Judge by the docstrings at the end, and by the rule that compares them with the tests."""
        measured = state.findings_after
        if measured is None or not measured.statements:
            return Judgement(None, "the statements of touched and new tests were not counted")
        counted = _counted(measured.statements, measured.unstated, percent(text, 100))
        if RULE in measured.rules or RULE in measured.findings:
            return together([counted, findings_gone(state, RULE)])
        return counted


def _counted(statements: dict[str, int], unstated: list[str], least: float) -> Judgement:
    tests, stated = statements["tests"], statements["stated"]
    if not tests:
        return Judgement(None, "the run touched no test and added none")
    evidence = f"{stated} of {tests} touched or new tests state their isolation"
    if stated < tests and unstated:
        evidence += f", not: {', '.join(unstated[:SHOWN])}"
    return Judgement(100 * stated >= least * tests, evidence)


EVALUATOR: Final = IsolationStatements()
