import pytest

from cellwall.migrate.fake_run import halfway, started, whole
from cellwall.migrate.measured_tests import (
    Counts,
    counts,
    new_isolation_tests,
    new_tests,
    outcomes_now,
    report_tests,
)


@pytest.mark.parametrize(
    ("outcomes", "found", "rate"),
    [
        ({"passed": 3, "xpassed": 1}, Counts(4, 0, 0), 100.0),
        ({"passed": 1, "failed": 1, "skipped": 5}, Counts(1, 1, 5), 50.0),
        ({"passed": 3, "error": 1}, Counts(3, 1, 0), 75.0),
        ({"passed": 3, "an outcome of tomorrow": 1}, Counts(3, 1, 0), 75.0),
        ({"skipped": 2, "xfailed": 1}, Counts(0, 0, 3), None),
        ({}, Counts(0, 0, 0), None),
    ],
)
def test_outcomes_are_good_bad_or_aside(outcomes: dict[str, int], found: Counts, rate: float | None) -> None:
    assert counts(outcomes) == found
    assert found.rate == rate


def test_the_newest_measurement_is_the_one_that_counts() -> None:
    build = started()
    assert outcomes_now(build.state) is None
    assert outcomes_now(build.tests("before", {"passed": 7}).state) == Counts(7, 0, 0)
    build.merge("a01-b000", 1, ["tests/cart/test_a.py"])
    assert outcomes_now(build.state) == Counts(5, 0, 1)
    assert outcomes_now(build.tests("after", {"passed": 9, "failed": 1}).state) == Counts(9, 1, 0)


def test_batches_are_added_up_and_refused_ones_left_out() -> None:
    build = halfway().merge("a02-b001", 2, ["tests/out/test_e.py"])
    tests = report_tests(build.state)
    assert (tests["before"], tests["after"]) == ({"passed": 8}, {"passed": 10, "skipped": 2})
    assert tests["measured"] == "merged batches"


def test_new_tests_are_unknown_when_no_test_was_run() -> None:
    state = started().propose("a01-b000", 1, []).state
    assert new_tests(state) is None
    assert new_isolation_tests(state) is None


def test_new_tests_of_batches_count_when_the_suite_was_not_run() -> None:
    build = started().propose("a01-b000", 1, ["tests/cart/test_a.py"])
    figures = {"after": {"passed": 2}, "new": ["a.py::test_isolation", "a.py::test_price"], "before": "?"}
    build.judge("a01-b000", figures=figures)
    from cellwall.migrate.events import BatchMerged

    state = build.add(BatchMerged("a01-b000", 1, "c", ["tests/cart/test_a.py"])).state
    assert new_tests(state) == ["a.py::test_isolation", "a.py::test_price"]
    assert new_isolation_tests(state) == ["a.py::test_isolation"]


def test_the_whole_suite_tells_more_than_batches() -> None:
    tests = report_tests(whole().state)
    assert tests["after"] == {"passed": 20, "skipped": 1}
    assert len(tests["new"]) == 2


def test_a_note_says_why_nothing_was_measured() -> None:
    tests = report_tests(started().tests("after", {}, note="no interpreter").state)
    assert (tests["after"], tests["measured"], tests["note"]) == (None, "not run", "no interpreter")
