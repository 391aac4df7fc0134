"""Every evaluator ends once met, once not met, once not measured, on states that events gave."""

import pytest

from cellwall.migrate import events as e
from cellwall.migrate.criteria.judge import judge
from cellwall.migrate.criteria.registry import all_evaluators
from cellwall.migrate.fake_run import RunBuilder, started, whole

NEW = ["tests/a.py::test_concurrent_users"]
TWO = {"all": {"modules": 4, "two_users": 4}}


def measured(findings: dict[str, int] | None = None, **changes: object) -> RunBuilder:
    return started().findings(findings, **changes)


def unlooked() -> RunBuilder:
    """A run whose rules do not look for what the plan asks."""
    return RunBuilder().start().survey({}).findings(rules=["some-other-rule"])


def two_users(area: str, modules: int, have: int, **tests: object) -> RunBuilder:
    build = started().tests("after", **tests)  # type: ignore[arg-type]
    return build.findings(two_users={area: {"modules": modules, "two_users": have}})


def covered(area: str, row: dict[str, object], *user_tests: dict[str, object], **more: object) -> RunBuilder:
    """A run with one module of the area that holds no test of two users, and with tests that may cover it."""
    build = started().tests("after", failed=more.pop("failed", []))  # type: ignore[arg-type]
    figures = {area: {"modules": 1, "two_users": 0}}
    bare = {"path": "tests/test_bare.py", "agents": [1], "roles": [], "areas": ["all", area], **row}
    return build.findings(two_users=figures, bare=[bare], user_tests=list(user_tests), **more)


def guard(role: str, agent: int = 1, proved: bool = True) -> dict[str, object]:
    return {"test": f"tests/test_new.py::test_{role}", "role": role, "agent": agent, "proved": proved}


def critical(*user_tests: dict[str, object], roles: list[str], modules: int = 0) -> RunBuilder:
    """A run of a project with these roles, and so many critical modules that test two users."""
    figures = {"critical": {"modules": modules, "two_users": modules}}
    build = started().tests("after")
    return build.findings(two_users=figures, entry_roles=roles, user_tests=list(user_tests))


def benchmark(overhead: float | None, note: str = "") -> RunBuilder:
    return started().add(e.BenchmarkMeasured("python -m bench", overhead, note))


AUDITED = "The security audit finds nothing"


def audited(
    code: int | None, rows: int = 0, script: str = "security_audit", *, ran: bool = True
) -> RunBuilder:
    found = [{"kind": "foreign-read", "target": "GET /x"}] * rows
    return started().add(e.CommandHandled(f"python scripts/{script}.py", ran, code, "as it says", found))


def stated(tests: int, have: int, **changes: object) -> RunBuilder:
    unstated = ["tests/test_a.py::test_x"] * (tests - have)
    return measured(statements={"tests": tests, "stated": have}, unstated=unstated, **changes)


def unstated(tests: int, have: int, **kinds: int) -> RunBuilder:
    """A run whose tests without a statement are of these kinds."""
    counts = {"tests": tests, "stated": have, "silent": 0, "no_role": 0} | kinds
    named = {kind: [f"tests/test_{kind}.py::test_{n}" for n in range(count)] for kind, count in kinds.items()}
    return measured(statements=counts, **named)


TORN = [{"path": "tests/torn.py", "line": 1, "message": "invalid syntax"}]
REGISTRY = "No call of the global registry remains"
SESSIONS = "Every session belongs to one request"
MANAGERS = "The singleton socket manager is gone"
TOOLS = "Each tool dispatcher knows its context"
VIOLATIONS = "Zero isolation violations"
CONTEXT = "All tests use the context"
COMPLIANCE = "All tests comply with the new patterns"
PASSING = "All tests pass"
REGRESSIONS = "What passed before still passes"
COVERAGE = "Coverage does not fall"
SOCKETS = "WebSocket tests show that users are isolated"
CONCURRENT = "Concurrent users are tested"
CRITICAL = "Each critical path has a test of several users at the same time"
OVERHEAD = "Performance: less than 5% overhead"
STATED = "Every test documents its isolation strategy"
SAME = "Consistent patterns across all tests"
FALSE_STATEMENT = {"isolation-statement": 1}

CASES = [
    ("registry-calls", REGISTRY, measured(), True),
    ("registry-calls", REGISTRY, measured({"global-registry-access": 1}), False),
    ("registry-calls", REGISTRY, started(), None),
    ("registry-calls", REGISTRY, measured(unparseable=TORN), None),
    ("registry-calls", REGISTRY, measured({"shared-session": 4}), True),
    ("registry-calls", REGISTRY, unlooked(), None),
    ("registry-calls", REGISTRY, RunBuilder().start().survey({}).findings(rules=[]), None),
    ("registry-calls", REGISTRY, started().findings(rules=[]), True),  # it found something before
    ("request-sessions", SESSIONS, measured(), True),
    ("request-sessions", SESSIONS, unlooked(), None),
    ("request-sessions", SESSIONS, measured({"shared-session": 2}), False),
    ("request-sessions", SESSIONS, started(), None),
    ("websocket-managers", MANAGERS, measured(), True),
    ("websocket-managers", MANAGERS, measured({"singleton-websocket-manager": 2}), False),
    ("websocket-managers", MANAGERS, started(), None),
    ("tool-dispatchers", TOOLS, measured(), True),
    ("tool-dispatchers", TOOLS, measured({"dispatcher-without-context": 2}), False),
    ("tool-dispatchers", TOOLS, started(), None),
    ("violations", VIOLATIONS, measured(), True),
    ("violations", VIOLATIONS, measured({"anything": 1}), False),
    ("violations", VIOLATIONS, started(), None),
    ("context-pattern", CONTEXT, measured(), True),
    ("context-pattern", CONTEXT, measured(files_with_context=5), False),
    ("context-pattern", "At least 80% of the tests use the context", measured(files_with_context=5), True),
    ("context-pattern", CONTEXT, measured(files_with_context=0, wants_context=0), None),
    ("context-pattern", CONTEXT, measured(unparseable=TORN), None),
    ("context-pattern", CONTEXT, started(), None),
    ("pattern-compliance", COMPLIANCE, measured(), True),
    ("pattern-compliance", COMPLIANCE, measured(files_with_context=5), False),
    ("pattern-compliance", COMPLIANCE, measured({"shared-session": 1}), False),
    ("pattern-compliance", COMPLIANCE, started(), None),
    ("pass-rate", PASSING, started().tests("after"), True),
    ("pass-rate", PASSING, started().tests("after", {"passed": 99, "failed": 1}), False),
    ("pass-rate", PASSING, started().tests("after", {"passed": 99, "error": 1}), False),
    ("pass-rate", "A pass rate of 95%", started().tests("after", {"passed": 99, "failed": 1}), True),
    ("pass-rate", PASSING, started().tests("after", lost=["tests/a.py::test_gone"]), False),
    ("pass-rate", PASSING, started().tests("before"), None),
    ("pass-rate", PASSING, started().tests("after", {}, note="no interpreter"), None),
    ("pass-rate", PASSING, started().tests("after", {"skipped": 3}), None),
    ("regressions", REGRESSIONS, started().tests("before").tests("after"), True),
    ("regressions", REGRESSIONS, started().tests("before").tests("after", regressions=["a"]), False),
    ("regressions", REGRESSIONS, started().tests("before").tests("after", lost=["a"]), False),
    ("regressions", REGRESSIONS, started().tests("after"), None),
    ("coverage", COVERAGE, started().tests("before").tests("after", coverage=81.0), True),
    ("coverage", COVERAGE, started().tests("before").tests("after", coverage=80.9), False),
    ("coverage", COVERAGE, started().tests("before").tests("after", coverage=None), None),
    ("coverage", "Coverage of 80%", started().tests("after"), True),
    ("coverage", "Coverage of 90%", started().tests("after"), False),
    ("coverage", COVERAGE, started(), None),
    ("websocket-isolation", SOCKETS, two_users("websocket", 2, 2), True),
    ("websocket-isolation", SOCKETS, two_users("websocket", 2, 1), False),
    ("websocket-isolation", SOCKETS, two_users("websocket", 2, 2, counts={}), None),
    ("websocket-isolation", SOCKETS, measured({"singleton-websocket-manager": 2}), False),
    ("websocket-isolation", SOCKETS, whole(), None),
    ("concurrent-user-tests", CONCURRENT, two_users("all", 3, 3), True),
    ("concurrent-user-tests", CONCURRENT, two_users("all", 3, 3, failed=NEW), False),
    ("concurrent-user-tests", CONCURRENT, two_users("all", 3, 2), False),
    ("concurrent-user-tests", CONCURRENT, two_users("all", 0, 0), None),
    ("concurrent-user-tests", CONCURRENT, whole(), None),
    ("concurrent-user-tests", CONCURRENT, started(), None),
    ("concurrent-user-tests", CRITICAL, two_users("critical", 1, 1), True),
    ("concurrent-user-tests", CRITICAL, two_users("all", 1, 1), None),
    ("websocket-isolation", SOCKETS, covered("websocket", {}, guard("pool")), True),
    ("websocket-isolation", SOCKETS, covered("websocket", {}, guard("manager", proved=False)), True),
    ("websocket-isolation", SOCKETS, covered("websocket", {}, guard("session")), False),
    ("websocket-isolation", SOCKETS, covered("websocket", {}, guard("pool", agent=2)), False),
    ("websocket-isolation", SOCKETS, covered("websocket", {"agents": [1, 2]}, guard("pool", agent=2)), True),
    ("websocket-isolation", SOCKETS,
     covered("websocket", {}, guard("pool"), failed=["tests/test_new.py::test_pool"]), False),
    ("concurrent-user-tests", CONCURRENT, covered("all", {}, guard("session")), True),
    ("concurrent-user-tests", CONCURRENT, covered("all", {}), False),
    ("concurrent-user-tests", CONCURRENT, covered("all", {"roles": ["pool"]}, guard("session")), False),
    ("concurrent-user-tests", CONCURRENT,
     covered("all", {"roles": ["context", "token"]}, guard("token_owner")), True),
    ("concurrent-user-tests", CRITICAL, critical(guard("pool"), roles=["manager", "pool"]), True),
    ("concurrent-user-tests", CRITICAL, critical(guard("pool"), roles=["pool", "session"]), False),
    ("concurrent-user-tests", CRITICAL, critical(guard("pool"), roles=["pool", "session"], modules=1), False),
    ("concurrent-user-tests", CRITICAL, critical(roles=[]), None),
    ("overhead", OVERHEAD, benchmark(4.9), True),
    ("overhead", OVERHEAD, benchmark(-3.0), True),
    ("overhead", OVERHEAD, benchmark(5.0), False),
    ("overhead", OVERHEAD, benchmark(-5.0), None),
    ("overhead", OVERHEAD, benchmark(-18.8), None),
    ("overhead", OVERHEAD, benchmark(None, "it timed out"), None),
    ("overhead", OVERHEAD, started(), None),
    ("overhead", "Performance does not suffer", benchmark(0.1), None),
    ("isolation-statements", STATED, stated(3, 3), True),
    ("isolation-statements", STATED, stated(3, 2), False),
    ("isolation-statements", "60% of the tests document how users are kept apart", stated(3, 2), True),
    ("isolation-statements", STATED, stated(0, 0), None),
    ("isolation-statements", STATED, unstated(3, 2, no_role=1), True),
    ("isolation-statements", STATED, unstated(3, 2, silent=1), False),
    ("isolation-statements", STATED, unstated(3, 1, silent=1, no_role=1), False),
    ("isolation-statements", "50% of the tests document how users are kept apart",
     unstated(3, 1, silent=1, no_role=1), True),
    ("isolation-statements", STATED, unstated(2, 0, no_role=2), None),
    ("isolation-statements", STATED, measured(), None),
    ("isolation-statements", STATED, started(), None),
    ("isolation-statements", STATED, stated(3, 3, findings=FALSE_STATEMENT), False),
    ("isolation-statements", STATED, stated(3, 3, rules=["isolation-statement"]), True),
    ("security-audit", AUDITED, audited(0), True),
    ("security-audit", AUDITED, audited(1, rows=2), False),
    ("security-audit", AUDITED, audited(1), None),
    ("security-audit", AUDITED, audited(2), None),
    ("security-audit", AUDITED, audited(3), None),
    ("security-audit", AUDITED, audited(None, ran=False), None),
    ("security-audit", AUDITED, audited(0, script="check_isolation_patterns"), None),
    ("security-audit", AUDITED, started(), None),
    ("consistency", SAME, measured(), True),
    ("consistency", SAME, measured({"shared-session": 1}), False),
    ("consistency", SAME, measured(suppressed=1), False),
    ("consistency", SAME, started(), None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "build", "met"), CASES)
def test_one_judgement(name: str, text: str, build: RunBuilder, met: bool | None) -> None:
    judged = judge(build.state, text, 1, [e for e in all_evaluators() if e.name == name])
    assert judged.by == (name,), "the evaluator does not cover the sentence"
    assert judged.met is met
    assert judged.evidence


def test_every_evaluator_ends_once_met_once_not_met_once_not_measured() -> None:
    for evaluator in all_evaluators():
        assert {met for name, _, _, met in CASES if name == evaluator.name} == {True, False, None}


def test_evidence_names_what_was_counted() -> None:
    found = {name: e for e in all_evaluators() for name in [e.name]}
    hidden = found["registry-calls"].evaluate(measured(unparseable=TORN).state, REGISTRY)
    assert hidden.evidence == "0 registry findings remain, but 1 file does not parse and could not be checked"
    rate = found["pass-rate"].evaluate(started().tests("after", {}, note="no interpreter").state, PASSING)
    assert rate.evidence == "the whole suite was not run after the updates: no interpreter"
    said = found["isolation-statements"].evaluate(unstated(15, 1, silent=1, no_role=12).state, STATED)
    assert "; 1 could and do not" in said.evidence
    assert (
        "; 1 assert nothing of what a role gives them: tests/test_silent.py::test_0; 12 reach no"
        in said.evidence
    )
    assert said.evidence.split("; 0 isol")[0].endswith("tests/test_no_role.py::test_9, and 2 more")
    failed = found["concurrent-user-tests"].evaluate(two_users("all", 3, 3, failed=NEW).state, CONCURRENT)
    assert NEW[0] in failed.evidence
