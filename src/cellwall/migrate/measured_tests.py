"""What a run knows about the target's tests: from the whole suite, else from the batches' gates. No I/O."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from cellwall.migrate import events as e
from cellwall.migrate.figures import merged
from cellwall.migrate.state import State
from cellwall.migrate.terms import Terms
from cellwall.project.number_of import number_of

GOOD: Final = frozenset({"passed", "xpassed"})
ASIDE: Final = frozenset({"skipped", "xfailed", "deselected"})  # neither good nor bad
TEST_GATE: Final = "tests"
ISOLATION: Final = Terms(
    (("isolat", "concurren", "leak", "cross user", "two user", "multi user", "between user"),)
)


def failing_now(number: int) -> str:
    """Say how many tests broke."""
    return number_of(number, "test that passed before fails", "tests that passed before fail")


@dataclass(frozen=True, slots=True)
class Counts:
    """Tests that passed, that did not (failed, errors, and outcomes that we do not know), and set aside."""

    passed: int
    bad: int
    aside: int

    @property
    def rate(self) -> float | None:
        """Percent of the tests with an outcome that passed; None when there is no such test."""
        judged = self.passed + self.bad
        return 100 * self.passed / judged if judged else None


def counts(by_outcome: dict[str, int]) -> Counts:
    """Sort counts by outcome into good, bad and set aside."""
    good = sum(number for outcome, number in by_outcome.items() if outcome in GOOD)
    aside = sum(number for outcome, number in by_outcome.items() if outcome in ASIDE)
    return Counts(good, sum(by_outcome.values()) - good - aside, aside)


def suite(state: State, when: str) -> e.TestsMeasured | None:
    """Give the whole suite's measurement "before" or "after", None where nothing was measured."""
    measured = state.tests.get(when)
    return measured if measured and measured.counts else None


def outcomes_now(state: State) -> Counts | None:
    """Give the newest counts: the suite at the end, else the judged batches, else the suite before."""
    for by_outcome in (_counts_of(suite(state, "after")), batch_counts(state)["after"]):
        if by_outcome:
            return counts(by_outcome)
    before = suite(state, "before")
    return counts(before.counts) if before else None


def _counts_of(measured: e.TestsMeasured | None) -> dict[str, int]:
    return measured.counts if measured else {}


def batch_counts(state: State) -> dict[str, dict[str, int]]:
    """Add up what the gates measured "before" and "after" in merged batches, by outcome."""
    sums: dict[str, Counter[str]] = {"before": Counter(), "after": Counter()}
    for figures in _gate_figures(state):
        for when, total in sums.items():
            total.update(_whole_numbers(figures.get(when)))
    return {when: dict(total) for when, total in sums.items()}


def _gate_figures(state: State) -> list[dict[str, Any]]:
    """Give the test gates' figures; other gates count other things under the same words."""
    verdicts = [batch.verdicts.get(TEST_GATE) for batch in merged(state)]
    return [verdict.figures for verdict in verdicts if verdict]


def _whole_numbers(value: Any) -> dict[str, int]:
    if not isinstance(value, dict):
        return {}
    return {str(key): number for key, number in value.items() if type(number) is int}


def new_tests(state: State) -> list[str] | None:
    """Give the ids of tests that did not exist before; None when no test was run."""
    after = suite(state, "after")
    if after:
        return sorted(after.new)
    if not batch_counts(state)["after"]:
        return None
    return sorted({str(test) for figures in _gate_figures(state) for test in _ids(figures.get("new"))})


def _ids(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def new_isolation_tests(state: State) -> list[str] | None:
    """Give the new tests whose names speak of isolation or of several users; None when no test was run."""
    new = new_tests(state)
    return None if new is None else [test for test in new if ISOLATION.cover(test)]


def report_tests(state: State) -> dict[str, Any]:
    """Give {before, after, regressions, new, lost, failed, measured, note, overridden} for the report.

    `measured` is "whole suite", "merged batches" or "not run".
    """
    before, after = suite(state, "before"), suite(state, "after")
    batches = batch_counts(state)
    whole = bool(before or after)
    return {
        "before": before.counts if before else (None if whole else batches["before"] or None),
        "after": after.counts if after else (None if whole else batches["after"] or None),
        "regressions": sorted(after.regressions) if after else [],
        "new": new_tests(state) or [],
        "lost": sorted(after.lost) if after else [],
        "failed": sorted(after.failed) if after else [],
        "measured": "whole suite" if whole else ("merged batches" if any(batches.values()) else "not run"),
        "note": "; ".join(dict.fromkeys(m.note for m in state.tests.values() if m.note)),
        "overridden": sorted({option for m in state.tests.values() for option in m.overridden}),
    }
