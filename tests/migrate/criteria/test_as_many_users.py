"""The isolation validation and the violations rest on what ran as many users."""

from typing import Any

import pytest

from cellwall.migrate import events as e
from cellwall.migrate.criteria.as_many_users import as_many_users
from cellwall.migrate.criteria.evaluators.violations import EVALUATOR
from cellwall.migrate.criteria.isolation_validation import isolation_validation
from cellwall.migrate.fake_run import RunBuilder, started

NEW = ["tests/a.py::test_two_users"]
CLEAN = {"ran": True, "users": 10, "tests": 3, "verdicts": {"passed": 2, "collision": 1}, "leaks": []}
LEAK = {"ran": True, "users": 10, "tests": 1, "verdicts": {"leak": 1}, "leaks": ["tests/a.py::test_x"]}


def merged_with(*figures: dict[str, Any]) -> RunBuilder:
    """Give a run of which each batch passed the gate with these figures."""
    build = started().tests("after", new=NEW).findings()
    for number, each in enumerate(figures, 1):
        batch = f"a01-b9{number:02}"
        gate = e.Judged(batch, "f" * 64, "many users", True, "told", each, 0.1)
        build = build.write(batch, 1, {f"tests/test_{number}.py": "two users"}, gate=gate)
    return build


def test_nothing_ran_as_many() -> None:
    assert as_many_users(merged_with({"ran": False}).state) is None
    assert as_many_users(started().state) is None


def test_what_ran_is_added_up() -> None:
    judgement = as_many_users(merged_with(CLEAN, CLEAN).state)
    assert judgement is not None
    assert judgement.met is True
    assert judgement.evidence == ("6 tests ran as 10 users, none leaks, 2 of them without a verdict on leaks")


@pytest.mark.parametrize(("figures", "met"), [(CLEAN, True), (LEAK, False)])
def test_report_and_metric_rest_on_it(figures: dict[str, Any], met: bool) -> None:
    state = merged_with(figures).state
    line = isolation_validation(state)["concurrent_user_tests"]
    metric = EVALUATOR.evaluate(state, "Zero violations")
    assert (line.met, metric.met) == (met, met)
    assert "as 10 users" in line.evidence
    assert "as 10 users" in metric.evidence


def test_what_was_explored_is_told() -> None:
    explored = {**CLEAN, "schedules": 80, "swept": 18, "points": 24, "not_covered": ["time", "a socket"]}
    judgement = as_many_users(merged_with(explored, CLEAN).state)
    assert judgement is not None
    assert "as 10 users under 80 schedules, cancelled at 18 of 24 points, none leaks" in judgement.evidence
    assert judgement.evidence.endswith("; not covered: a socket; time")
