"""Comparing outcomes: what is worse, what is flaky, what is new."""

import pytest

from cellwall.migrate.gates.outcome_comparison import compare, with_retry
from cellwall.testing.measured import Outcome, Outcomes


def outcomes(errors: dict[str, str] | None = None, **by_id: str) -> Outcomes:
    """Make outcomes from name=outcome; "unrun" is a pass whose body never ran."""
    made = {}
    for name, outcome in by_id.items():
        node_id = f"t.py::{name}"
        ran = outcome not in ("skipped", "unrun")
        made[node_id] = Outcome(node_id, "skipped" if outcome == "unrun" else outcome, ran=ran, reason="why")
    return Outcomes(made, errors or {})


# before, after, refused
TABLE = [
    ("passed", "passed", False),
    ("passed", "failed", True),
    ("passed", "error", True),
    ("passed", "skipped", True),
    ("passed", "unrun", True),
    ("passed", "xfailed", True),
    ("passed", "xpassed", False),
    ("xpassed", "failed", True),
    ("failed", "failed", False),
    ("failed", "error", False),
    ("failed", "passed", False),
    ("failed", "skipped", True),
    ("failed", "xfailed", True),
    ("skipped", "skipped", False),
    ("skipped", "passed", False),
    ("skipped", "failed", False),
    ("xfailed", "xfailed", False),
    ("xfailed", "passed", False),
    ("xfailed", "failed", False),
    ("passed", None, True),
    ("failed", None, True),
    ("skipped", None, True),
    (None, "passed", False),
    (None, "failed", True),
    (None, "skipped", True),
    (None, "xfailed", True),
]


@pytest.mark.parametrize(("before", "after", "refused"), TABLE)
def test_one_test(before: str | None, after: str | None, refused: bool) -> None:
    found = compare(
        outcomes(**({"a": before} if before else {})), outcomes(**({"a": after} if after else {}))
    )
    assert bool(list(found.refusals())) is refused


def test_a_second_try_makes_it_flaky() -> None:
    found = compare(
        outcomes(a="passed", b="passed", c="failed"), outcomes(a="failed", b="failed", c="failed", d="error")
    )
    assert found.to_retry() == {"t.py::a", "t.py::b", "t.py::d"}
    with_retry(found, outcomes(a="passed", b="failed", c="passed", d="passed"))
    assert found.flaky == ["t.py::a", "t.py::d"]
    assert found.unstable == ["t.py::c"]
    assert list(found.regressions) == ["t.py::b"]
    assert found.new == ["t.py::d"]


def test_a_second_try_that_does_not_run_the_test_helps_nothing() -> None:
    found = compare(outcomes(a="passed"), outcomes(a="failed"))
    with_retry(found, outcomes(a="unrun"))
    assert list(found.refusals()) == ["t.py::a: passed before, fails now, twice: failed: why"]


def test_a_loss_gets_no_second_try() -> None:
    found = compare(outcomes(a="passed"), outcomes(a="skipped"))
    assert not found.to_retry()
    with_retry(found, outcomes(a="passed"))
    assert list(found.lost) == ["t.py::a"]


def test_new_collection_errors_refuse_and_old_ones_do_not() -> None:
    assert not list(compare(outcomes({"t.py": "x"}), outcomes({"t.py": "y"})).refusals())
    assert list(compare(outcomes(), outcomes({"t.py": "y"})).refusals()) == [
        "t.py: can no longer be collected: y"
    ]


def test_what_could_not_be_collected_before_may_fail_now() -> None:
    found = compare(outcomes({"t.py": "x"}), outcomes(a="failed", b="passed"))
    assert not list(found.refusals())
    assert found.still_bad == ["t.py::a"]
    assert found.new == ["t.py::b"]
