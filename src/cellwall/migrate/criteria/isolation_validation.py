"""The four lines of the isolation validation: users at once, WebSockets, database, tools."""

from cellwall.migrate.criteria.as_many_users import with_many_users
from cellwall.migrate.criteria.evaluator import Judgement
from cellwall.migrate.criteria.findings_gone import findings_gone
from cellwall.migrate.criteria.together import together
from cellwall.migrate.measured_tests import ISOLATION, counts, failing_now, new_isolation_tests, suite
from cellwall.migrate.state import State
from cellwall.project.number_of import number_of


def isolation_validation(state: State) -> dict[str, Judgement]:
    """Judge each line by evidence that exists: the rule's findings are gone, and the tests were run.

    What was not measured stays unmeasured; a line never rests on the plan's own words.
    """
    passing = _nothing_broke(state)
    return {
        "concurrent_user_tests": together(with_many_users(state, _concurrent(state))),
        "websocket": together([findings_gone(state, "websocket"), passing]),
        "database": together([findings_gone(state, "session"), passing]),
        "tool": together([findings_gone(state, "dispatcher", "registry"), passing]),
    }


def _nothing_broke(state: State) -> Judgement:
    after = suite(state, "after")
    if after is None:
        return Judgement(None, "the whole suite was not run")
    if after.regressions:
        return Judgement(
            False,
            failing_now(len(after.regressions)),
        )
    found = counts(after.counts)
    old = f", {number_of(found.bad, 'fails', 'fail')} as before" if found.bad else ""
    return Judgement(True, f"{number_of(found.passed, 'test passes', 'tests pass')}{old}")


def _concurrent(state: State) -> Judgement:
    after, added = suite(state, "after"), new_isolation_tests(state)
    if after is None or added is None:
        return Judgement(None, "the whole suite was not run")
    failed = [test for test in after.failed if ISOLATION.cover(test)]
    if failed:
        return Judgement(False, f"{len(failed)} isolation tests fail, first {failed[0]}")
    if not added:
        return Judgement(None, "the run added no test of several users")
    return Judgement(True, f"new isolation tests: {len(added)}, none fails")
