"""Judges whether the test modules of an area test two users, and whether tests of several users pass."""

from cellwall.migrate.criteria.evaluator import Judgement
from cellwall.migrate.measured_tests import ISOLATION, new_isolation_tests, suite
from cellwall.migrate.state import State


def two_users(state: State, area: str) -> Judgement:
    """Judge one area of FindingsMeasured.two_users: "all", "websocket" or "critical"."""
    measured = state.findings_after.two_users.get(area) if state.findings_after else None
    if measured is None:
        added = new_isolation_tests(state)
        news = f"; new isolation tests: {len(added)}" if added else ""
        return Judgement(None, f"which test modules test two users was not looked for{news}")
    modules, have = measured["modules"], measured["two_users"]
    place = "" if area == "all" else f"{area} "
    if not modules:
        return Judgement(None, f"no {place}test module is in the plan's scopes")
    evidence = f"{have} of {modules} {place}test modules hold a test of two users"
    if have < modules:
        return Judgement(False, evidence)
    return _outcomes(state, evidence)


def _outcomes(state: State, evidence: str) -> Judgement:
    after = suite(state, "after")
    if after is None:
        return Judgement(None, f"{evidence}, but the tests were not run")
    failed = [test for test in after.failed if ISOLATION.cover(test)]
    if failed:
        return Judgement(False, f"{evidence}, {len(failed)} isolation tests fail, first {failed[0]}")
    return Judgement(True, f"{evidence}, none of the isolation tests fails")
