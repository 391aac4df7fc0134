"""Judges whether the test modules of an area test two users, and whether tests of several users pass.

A module holds such a test itself, or is covered: by tests of two users that a capability wrote into a scope
that reaches the module, about every role that the module reaches, each seen to fail where that role leaks.
"""

from collections.abc import Iterable
from typing import Any, Final

from cellwall.migrate.criteria.evaluator import Judgement
from cellwall.migrate.measured_tests import ISOLATION, new_isolation_tests, suite
from cellwall.migrate.state import State
from cellwall.project.number_of import number_of

# A role that only stores, signs or stands in is seen through the one that shows what it did.
SEEN_THROUGH: Final = {
    "manager": "pool",
    "track": "query",
    "token": "token_owner",
    "service_token": "service_owner",
}
SHOWN: Final = 3  # modules and roles that are named

Rows = list[dict[str, Any]]


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
    if have == modules:
        return _outcomes(state, evidence)
    covering, left = _covered(state, area)
    covered = modules - have - len(left)
    if not covering or covered <= 0:
        return Judgement(False, f"{evidence}{_named(left)}")
    evidence += f", {covered} {'is' if covered == 1 else 'are'} covered by {_told(covering)} in their scopes"
    return (
        Judgement(False, f"{evidence}, {len(left)} not{_named(left)}") if left else _outcomes(state, evidence)
    )


def proved_roles(state: State) -> Judgement | None:
    """Judge whether each role that the project configures has a test of two users; None without any."""
    measured = state.findings_after
    if measured is None or not measured.entry_roles:
        return None
    shown = {_seen(row["role"]) for row in _passing(state)}
    missing = [role for role in measured.entry_roles if _seen(role) not in shown]
    number = len(measured.entry_roles)
    evidence = (
        f"{number - len(missing)} of {number_of(number, 'role')} of the project have a new test of two users"
    )
    return Judgement(not missing, evidence + (f", none: {_first(missing)}" if missing else ""))


def _covered(state: State, area: str) -> tuple[Rows, Rows]:
    """Give the tests that cover modules of the area, and the modules that nothing covers."""
    tests, bare = _passing(state), state.findings_after.bare if state.findings_after else []
    found = [(row, _covering(row, tests, area)) for row in bare if area in row["areas"]]
    covering = {test["test"]: test for _, some in found for test in some}
    return list(covering.values()), [row for row, some in found if not some]


def _covering(row: dict[str, Any], tests: Rows, area: str) -> Rows:
    near = [test for test in tests if test["agent"] in row["agents"]]
    if area == "websocket":
        return [test for test in near if _seen(test["role"]) == "pool"]
    needed = {_seen(role) for role in row["roles"]} - {"context"}
    return near if needed <= {_seen(test["role"]) for test in near} else []


def _passing(state: State) -> Rows:
    after, measured = suite(state, "after"), state.findings_after
    failed = set(after.failed) if after else set()
    return [row for row in measured.user_tests if row["test"] not in failed] if measured else []


def _told(tests: Rows) -> str:
    standing = sum(1 for test in tests if not test["proved"])
    proved = len(tests) - standing
    parts = [f"{proved} that were seen to fail where their role leaks"] if proved else []
    parts += [f"{standing} that stood there before the run"] if standing else []
    return f"new tests of two users ({' and '.join(parts)})"


def _named(rows: Rows) -> str:
    return f": {_first(row['path'] for row in rows)}" if rows else ""


def _first(names: Iterable[str]) -> str:
    some = sorted(names)
    more = f" and {len(some) - SHOWN} more" if len(some) > SHOWN else ""
    return ", ".join(some[:SHOWN]) + more


def _seen(role: str) -> str:
    return SEEN_THROUGH.get(role, role)


def _outcomes(state: State, evidence: str) -> Judgement:
    after = suite(state, "after")
    if after is None:
        return Judgement(None, f"{evidence}, but the tests were not run")
    failed = [test for test in after.failed if ISOLATION.cover(test)]
    if failed:
        return Judgement(False, f"{evidence}, {len(failed)} isolation tests fail, first {failed[0]}")
    return Judgement(True, f"{evidence}, none of the isolation tests fails")
