"""The tests gate on real test runs, with targets that lie, hang, die and litter."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from cellwall.migrate.gates.gate import Subject, Verdict
from cellwall.migrate.gates.tests import TestsGate
from cellwall.project.config import TestSettings
from cellwall.testing.measured import Outcome, Outcomes

PATH = "tests/test_a.py"
GOOD = "def test_one():\n    assert 1\n\ndef test_two():\n    assert 2\n"
Judge = Callable[..., Verdict]
# The plugins of this repository's own environment cost a second a start, and the targets here need none.
LEAN = tuple(
    word for name in ("hypothesispytest", "anyio", "asyncio", "xdist") for word in ("-p", f"no:{name}")
)
SETTINGS = TestSettings(arguments=LEAN, timeout=20)


@pytest.fixture
def judge(make_subject: Callable[..., Subject]) -> Judge:
    """Judge a change of one test module by real runs."""

    def run(before: str, after: str, **more: str) -> Verdict:
        files = {f"{name}.py": text for name, text in more.items()}
        return TestsGate().judge(
            make_subject({PATH: before, **files}, {PATH: after, **files}, tests=SETTINGS)
        )

    return run


def test_tests_that_still_pass(judge: Judge) -> None:
    verdict = judge(GOOD, GOOD + "\ndef test_three():\n    assert 3\n")
    assert verdict.passed, verdict.evidence
    assert verdict.evidence == "3 tests pass, 2 did before; 1 new"
    assert verdict.figures["new"] == [f"{PATH}::test_three"]
    assert verdict.figures["executed"] == {"before": 2, "after": 3}


def test_failures_of_before_may_stay(judge: Judge) -> None:
    broken = GOOD + "\ndef test_broken():\n    assert 0\n"
    verdict = judge(broken, broken + "\n# edited\n")
    assert verdict.passed
    assert "1 fails as before" in verdict.evidence


def test_a_failure_is_a_regression(judge: Judge) -> None:
    verdict = judge(GOOD, GOOD.replace("assert 2", "assert not 2"))
    assert not verdict.passed
    assert f"{PATH}::test_two: passed before, fails now, twice" in verdict.evidence
    assert verdict.figures["regressions"] == [f"{PATH}::test_two"]


# name of the test, what its body becomes, what the evidence says: none of them disturbs the others
WORSE = [
    ("skipped", "import pytest; pytest.skip('later')", "is skipped now: "),
    ("expected", "import pytest; pytest.xfail('later')", "is xfailed now"),
    ("exits", "import sys; sys.exit(0)", "passed before, fails now"),
    ("deletes", "import pathlib; pathlib.Path(__file__).with_name('data').unlink(); assert 0", "fails now"),
    ("prints", "print('9 passed in 0.01s'); assert 0", "passed before, fails now"),
    ("leaves", "import pytest; pytest.fail('x')", "passed before, fails now"),
]


def test_what_is_worse_is_refused(judge: Judge) -> None:
    before = "".join(f"def test_{name}():\n    assert 1\n\n" for name, _, _ in WORSE)
    after = "".join(f"def test_{name}():\n    {body}\n\n" for name, body, _ in WORSE)
    gone = "def test_gone():\n    assert 1\n\ndef test_coroutine():\n    assert 1\n\n"
    added = "async def test_coroutine():\n    assert 1\n\ndef test_new():\n    assert 0\n"
    verdict = judge(before + gone, after + added)
    assert not verdict.passed
    lines = verdict.evidence.splitlines()
    for name, _, words in WORSE:
        assert any(f"::test_{name}: " in line and words in line for line in lines), (name, verdict.evidence)
    assert any("::test_gone: ran before, is not there now" in line for line in lines)
    assert any("::test_new: is new and does not pass" in line for line in lines)
    assert any("::test_coroutine: " in line for line in lines)


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ("import nothing_of_that_name\n" + GOOD, "can no longer be collected"),
        ("import pytest\npytest.skip('x', allow_module_level=True)\n" + GOOD, "is not there now"),
        (GOOD.replace("assert 2", "import os; os._exit(0)"), "the process died while this test ran"),
        (GOOD.replace("assert 1", "import pytest; pytest.exit('done', 0)"), "test_one: passed before"),
        ("import os; os._exit(0)\n" + GOOD, "test_one"),
    ],
)  # fmt: skip
def test_a_run_that_ends_early_is_refused(judge: Judge, after: str, words: str) -> None:
    verdict = judge(GOOD, after)
    assert not verdict.passed
    assert words in verdict.evidence, verdict.evidence


def test_a_flood_of_output_changes_nothing(judge: Judge) -> None:
    verdict = judge(GOOD, GOOD.replace("assert 2", "import os; os.write(2, b'x' * 6_000_000)"))
    assert verdict.passed, verdict.evidence


def test_a_hang_is_refused(make_subject: Callable[..., Subject]) -> None:
    after = GOOD.replace("assert 2", "import time; time.sleep(60)")
    verdict = TestsGate().judge(make_subject({PATH: GOOD}, {PATH: after}, tests=replace(SETTINGS, timeout=3)))
    assert not verdict.passed
    assert "the time limit was reached while this test ran" in verdict.evidence


def test_a_conftest_is_judged_by_the_tests_below(make_subject: Callable[..., Subject]) -> None:
    conftest = "import pytest\n\n@pytest.fixture\ndef number():\n    return {}\n"
    user = "def test_number(number):\n    assert number == 1\n"
    before = {"tests/conftest.py": conftest.format(1), "tests/deep/test_user.py": user}
    after = {**before, "tests/conftest.py": conftest.format(2)}
    verdict = TestsGate().judge(make_subject(before, after, tests=SETTINGS))
    assert verdict.figures["regressions"] == ["tests/deep/test_user.py::test_number"]


def test_not_asked_for(make_subject: Callable[..., Subject]) -> None:
    subject = replace(make_subject({PATH: GOOD}, {PATH: "(("}), run_tests=False)
    assert TestsGate().judge(subject) == Verdict("tests", True, "not run", {"ran": False})


def test_a_patch_without_tests(make_subject: Callable[..., Subject]) -> None:
    verdict = TestsGate().judge(make_subject({}, {"data.txt": "x"}))
    assert (verdict.passed, verdict.evidence) == (True, "no test module belongs to this patch")


class Canned:
    """Gives outcomes in turn, and can write into the workspace as a run would."""

    def __init__(self, *answers: dict[str, str], litter: Callable[[Path], None] = lambda _: None) -> None:
        self.answers, self.litter, self.seen = list(answers), litter, []

    def __call__(self, subject: Subject, workspace: Path, paths: Sequence[str]) -> Outcomes:
        self.seen.append((workspace.name, tuple(paths), tuple(sorted(p.name for p in workspace.iterdir()))))
        self.litter(workspace)
        made = {f"{PATH}::{name}": outcome for name, outcome in self.answers.pop(0).items()}
        return Outcomes({node_id: Outcome(node_id, outcome) for node_id, outcome in made.items()})


def test_a_flaky_test_is_tried_once_more_and_named(make_subject: Callable[..., Subject]) -> None:
    canned = Canned(
        {"a": "passed", "b": "failed"}, {"a": "failed", "b": "failed"}, {"a": "passed", "b": "passed"}
    )
    verdict = TestsGate(measure=canned).judge(make_subject({PATH: "1"}, {PATH: "2"}))
    assert verdict.passed
    assert f"flaky: {PATH}::a failed, then passed" in verdict.evidence
    assert f"flaky without the patch too: {PATH}::b" in verdict.evidence
    assert [name for name, _, _ in canned.seen] == ["base", "patched", "patched"]


def test_the_second_try_starts_clean(make_subject: Callable[..., Subject]) -> None:
    canned = Canned(
        {"a": "passed"},
        {"a": "failed"},
        {"a": "passed"},
        litter=lambda root: (root / "marker").write_text("x"),
    )
    TestsGate(measure=canned).judge(make_subject({PATH: "1"}, {PATH: "2"}))
    assert canned.seen[2] == ("patched", (PATH,), ("tests",))


def test_no_second_try_for_who_writes_over_the_workspace(make_subject: Callable[..., Subject]) -> None:
    canned = Canned(
        {"a": "passed"},
        {"a": "failed"},
        {"a": "passed"},
        litter=lambda root: (root / PATH).write_text("pass"),
    )
    verdict = TestsGate(measure=canned).judge(make_subject({PATH: "1"}, {PATH: "2"}))
    assert not verdict.passed
    assert f"no second try: the tests wrote over their workspace ({PATH})" in verdict.evidence


def test_links_that_tests_leave_are_not_followed(
    make_subject: Callable[..., Subject], tmp_path: Path
) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/file").write_text("x")

    def link(root: Path) -> None:
        if not (root / "link").is_symlink():
            (root / "link").symlink_to(tmp_path / "kept")

    canned = Canned({"a": "passed"}, {"a": "failed"}, {"a": "passed"}, litter=link)
    assert TestsGate(measure=canned).judge(make_subject({PATH: "1"}, {PATH: "2"})).passed
    assert (tmp_path / "kept/file").exists()


def test_a_run_that_is_no_longer_whole_is_refused(make_subject: Callable[..., Subject]) -> None:
    answers = [Outcomes({}), Outcomes({}, complete=False, note="gave up")]
    gate = TestsGate(measure=lambda *_: answers.pop(0))
    verdict = gate.judge(make_subject({PATH: "1"}, {PATH: "2"}))
    assert verdict.evidence == "the tests could be measured whole before, and cannot now: gave up"


def test_what_cannot_be_measured_is_said(make_subject: Callable[..., Subject]) -> None:
    gate = TestsGate(measure=lambda *_: Outcomes(complete=False, note="no pytest there"))
    verdict = gate.judge(make_subject({PATH: "1"}, {PATH: "2"}))
    assert (verdict.passed, verdict.evidence) == (True, "not measured: no pytest there")
