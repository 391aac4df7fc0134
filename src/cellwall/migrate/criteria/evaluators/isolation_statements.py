"""Judges whether touched and new tests state how they keep users apart, and whether that is true."""

from typing import Final, final

from cellwall.migrate.criteria.evaluator import Judgement
from cellwall.migrate.criteria.findings_gone import findings_gone
from cellwall.migrate.criteria.together import together
from cellwall.migrate.events import FindingsMeasured
from cellwall.migrate.state import State
from cellwall.migrate.terms import Terms, percent

RULE: Final = "isolation-statement"  # finds statements that are not true, where the run's rules have it
SHOWN: Final = 10
TERMS: Final = Terms(
    (
        ("document", "docstring", "explain", "states how", "states its", "says how", "say how", "describe"),
        ("test", "fixture", "suite"),
        ("isolat", "strateg", "apart", "separat", "protect", "user"),
    )
)


@final
class IsolationStatements:
    """Met when every touched or new test that reaches a role has a statement and none is untrue.

    A percentage is followed. Tests that reach no role have nothing to state; they are named.
    """

    name = "isolation-statements"

    def covers(self, text: str) -> bool:
        """Tell whether the sentence speaks of it."""
        return TERMS.cover(text)

    def evaluate(self, state: State, text: str) -> Judgement:
        """Judge by the docstrings at the end, and by the rule that compares them with the tests."""
        measured = state.findings_after
        if measured is None or not measured.statements:
            return Judgement(None, "the statements of touched and new tests were not counted")
        counted = _counted(measured, percent(text, 100))
        if RULE in measured.rules or RULE in measured.findings:
            return together([counted, findings_gone(state, RULE)])
        return counted


def _counted(measured: FindingsMeasured, least: float) -> Judgement:
    counts = measured.statements
    tests, stated = counts["tests"], counts["stated"]
    silent, no_role = counts.get("silent", 0), counts.get("no_role", 0)
    if not tests:
        return Judgement(None, "the run touched no test and added none")
    evidence = f"{stated} of {tests} touched or new tests state their isolation"
    for count, names, why in (
        (tests - stated - silent - no_role, measured.unstated, "could and do not"),
        (silent, measured.silent, "assert nothing of what a role gives them"),
        (no_role, measured.no_role, "reach no role and have nothing to state"),
    ):
        evidence += f"; {count} {why}: {_named(names, count)}" if count else ""
    with_role = tests - no_role
    return Judgement(100 * stated >= least * with_role if with_role else None, evidence)


def _named(names: list[str], count: int) -> str:
    more = [f"and {count - len(names[:SHOWN])} more"] if count > len(names[:SHOWN]) else []
    return ", ".join([*names[:SHOWN], *more])


EVALUATOR: Final = IsolationStatements()
