"""Which tests are proved, decided from runs that are given as data."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from cellwall.migrate.gates.leak_proof import Proof, prove
from cellwall.testing.leak_run import CONTROL, Failure, LeakRun
from cellwall.testing.measured import Outcome

PATH, NODE, OTHER = "tests/test_a.py", "tests/test_a.py::test_a", "tests/test_a.py::test_b"
PASSED = Outcome(NODE, "passed")


def run(outcome: str = "passed", by: str = "assertion", *, phase: str = "call", node: str = NODE) -> LeakRun:
    """Give a run of one test."""
    failures = {node: Failure(phase, by, f"{by}: it said")} if outcome in ("failed", "error") else {}
    return LeakRun(by_id={node: Outcome(node, outcome, phase, ran=outcome != "skipped")}, failures=failures)


def judged(*runs: LeakRun, beside: Sequence[str] = ()) -> tuple[Proof, list[str]]:
    """Give what the runs prove, and which doubles were asked for; runs are control, doubles, control."""
    asked: list[str] = []
    answers = iter(runs)

    def answer(double: str) -> LeakRun:
        asked.append(double)
        return next(answers)

    proof = Proof()
    prove(proof, [PATH], ["one", "two"], answer, beside)
    return proof, asked


def test_a_test_is_proved_by_the_first_double_that_it_notices() -> None:
    proof, asked = judged(run(), run("failed"), run())
    assert proof.proved == {NODE: ("one", "assertion: it said")}
    assert proof.refused == {}
    assert asked == [CONTROL, "one", CONTROL]


def test_the_next_double_is_tried_when_the_first_one_is_not_noticed() -> None:
    proof, asked = judged(run(), run(), run("failed", "refusal"), run())
    assert proof.proved == {NODE: ("two", "refusal: it said")}
    assert asked == [CONTROL, "one", "two", CONTROL]


UNNOTICED = [
    (run(), "two: passed"),
    (run("failed", "other"), "two: failed (other: it said)"),
    (run("error", phase="setup"), "two: error (assertion: it said)"),
    (run("skipped"), "two: skipped"),
    (run("xfailed"), "two: xfailed"),
    (LeakRun(), "two: not run (the run did not reach it)"),
    (LeakRun(collection_errors={PATH: "SyntaxError"}), "two: not run (SyntaxError)"),
    (LeakRun(not_made="no such name"), "two: no such name"),
    (LeakRun("odd role", run("failed").by_id, {}, run("failed").failures), "two: odd role"),
    (LeakRun(note="time limit reached"), "two: not run (time limit reached)"),
    (LeakRun(by_id=run("failed").by_id), "two: failed"),
]


@pytest.mark.parametrize(("leaking", "why"), UNNOTICED, ids=[row[1] for row in UNNOTICED])
def test_what_proves_nothing(leaking: LeakRun, why: str) -> None:
    proof, asked = judged(run(), run(), leaking)
    assert proof.proved == {}
    assert proof.refused == {NODE: f"one: passed; {why}"}
    assert asked == [CONTROL, "one", "two"], "nothing to confirm"


def test_a_run_that_is_not_whole_still_proves_what_it_reached() -> None:
    proof, _ = judged(run(), replace(run("failed"), note="time limit reached"), run())
    assert list(proof.proved) == [NODE]


@pytest.mark.parametrize("outcome", ["failed", "error", "skipped", "xfailed", "xpassed"])
def test_without_a_leak_it_must_pass_before(outcome: str) -> None:
    proof, asked = judged(run(outcome))
    assert proof.refused[NODE].startswith(f"without a leak: {outcome}")
    assert asked == [CONTROL]


@pytest.mark.parametrize("after", [run("failed"), run("skipped"), LeakRun()])
def test_without_a_leak_it_must_pass_afterwards_too(after: LeakRun) -> None:
    proof, _ = judged(run(), run("failed"), after)
    assert proof.proved == {}
    assert "passed without a leak and then did not" in proof.refused[NODE]


def test_a_passing_coroutine_that_never_ran_is_not_passing() -> None:
    proof, _ = judged(LeakRun(by_id={NODE: Outcome(NODE, "passed", ran=False)}))
    assert NODE in proof.refused


def test_a_module_without_tests_is_refused() -> None:
    assert judged(LeakRun())[0].refused == {PATH: "it has no test"}
    assert judged(LeakRun(collection_errors={PATH: "ImportError"}))[0].refused == {PATH: "ImportError"}


def test_a_double_that_is_never_made_refuses_the_module() -> None:
    assert judged(LeakRun(not_made="odd role"))[0].refused == {PATH: "no double was made: odd role"}


def test_a_test_beside_its_role_is_refused_though_it_would_notice() -> None:
    case = f"{NODE}[case]"
    proof, asked = judged(run(node=case), beside=[NODE])
    assert proof.refused == {case: "it does not reach the role as the project spells it"}
    assert asked == [CONTROL]


def test_each_test_may_notice_a_leak_of_its_own() -> None:
    both = LeakRun(by_id={**run().by_id, **run(node=OTHER).by_id})
    first, second = run("failed"), run("failed", node=OTHER)
    proof, _ = judged(both, first, second, both)
    assert {node: double for node, (double, _) in proof.proved.items()} == {NODE: "one", OTHER: "two"}
