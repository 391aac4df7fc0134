"""The parses gate: files as the target's interpreter reads them."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cellwall.migrate.gates.gate import Subject
from cellwall.migrate.gates.parses import ParsesGate
from cellwall.project.environment import Completed, Limits
from cellwall.project.fake_environment import FakeEnvironment, completed

Make = Callable[..., Subject]


def test_files_that_parse_pass(make_subject: Make) -> None:
    verdict = ParsesGate().judge(make_subject({"a.py": "x = 1\n"}, {"a.py": "x = 2\n", "b.py": "y = 1\n"}))
    assert verdict.passed
    assert verdict.evidence == "2 changed Python files parse"


@pytest.mark.parametrize(
    "broken",
    ["def f(:\n", "return 1\n", "x = 1\n  y = 2\n", b"x = '\xff'\n", b"x = 1\0\n", "await x\n", "f(**, 1)\n"],
)
def test_a_file_that_no_longer_parses_is_refused(make_subject: Make, broken: str | bytes) -> None:
    verdict = ParsesGate().judge(make_subject({"a.py": "x = 1\n"}, {"a.py": broken}))
    assert not verdict.passed
    assert verdict.evidence.startswith("a.py: no longer parses (")
    assert verdict.figures["unparseable_after"] == ["a.py"]


def test_a_warning_is_no_error(make_subject: Make) -> None:
    assert (
        ParsesGate().judge(make_subject({"a.py": "x = 1\n"}, {"a.py": "x = '\\d'\nassert (x, 1)\n"})).passed
    )


def test_a_file_that_did_not_parse_before_may_not_be_edited(make_subject: Make) -> None:
    verdict = ParsesGate().judge(make_subject({"a.py": "x = (\n"}, {"a.py": "x = ()\n"}))
    assert not verdict.passed
    assert "did not parse before (line 1" in verdict.evidence


def test_other_files_are_not_parsed(make_subject: Make) -> None:
    assert ParsesGate().judge(make_subject({"a.txt": "x"}, {"a.txt": "(("})).passed


def test_nothing_of_the_target_is_imported(make_subject: Make, tmp_path: Path) -> None:
    trap = f"open({str(tmp_path / 'ran')!r}, 'w')\n"
    files = {"ast.py": trap, "json.py": trap, "sitecustomize.py": trap, "a.py": trap}
    assert ParsesGate().judge(make_subject({}, files)).passed
    assert not (tmp_path / "ran").exists()


def test_a_fifo_is_not_opened(make_subject: Make) -> None:
    subject = make_subject({"a.py": "x = 1\n"}, {"a.py": "x = 2\n"})
    (subject.patched_dir / "a.py").unlink()
    os.mkfifo(subject.patched_dir / "a.py")
    verdict = ParsesGate().judge(subject)
    assert not verdict.passed
    assert "not a regular file" in verdict.evidence


def test_deep_nesting_is_a_refusal(make_subject: Make) -> None:
    verdict = ParsesGate().judge(
        make_subject({"a.py": "x = 1\n"}, {"a.py": "x = " + "(" * 5000 + ")" * 5000})
    )
    assert not verdict.passed


def test_many_files_are_one_process(make_subject: Make) -> None:
    class Counting:
        walls = ()

        def __init__(self, inner: object) -> None:
            self.inner, self.python, self.runs = inner, inner.python, 0

        def run(self, argv: list[str], *, cwd: Path, limits: Limits | None = None, **_: object) -> Completed:
            self.runs += 1
            return self.inner.run(argv, cwd=cwd, limits=limits)

    subject = make_subject({}, {f"folder/test_{number}.py": "x = 1\n" for number in range(600)})
    counting = Counting(subject.environment)
    verdict = ParsesGate().judge(replace(subject, environment=counting))
    assert verdict.passed
    assert counting.runs == 1


@pytest.mark.parametrize(
    "completed",
    [
        Completed(0, "", "", timed_out=True, cut=False, seconds=1),
        Completed(-11, "", "", timed_out=False, cut=False, seconds=1),
        Completed(0, '{"parsed": 1, "failures": {}}', "", timed_out=False, cut=False, seconds=1),
        Completed(0, "[]", "", timed_out=False, cut=False, seconds=1),
        Completed(0, "{", "", timed_out=False, cut=True, seconds=1),
        Completed(0, "nothing", "", timed_out=False, cut=False, seconds=1),
    ],
)
def test_an_interpreter_that_gives_no_answer_is_a_refusal(make_subject: Make, completed: Completed) -> None:
    class Canned:
        walls = ()
        python = Path("python")

        def run(self, argv: list[str], **_: object) -> Completed:
            return completed

    subject = make_subject({"a.py": "x = 1\n"}, {"a.py": "x = 2\n"})
    assert not ParsesGate().judge(replace(subject, environment=Canned())).passed


@pytest.mark.parametrize(("kills", "passes"), [(1, True), (2, False)])
def test_an_interpreter_that_somebody_killed_is_asked_once_more(
    make_subject: Make, kills: int, passes: bool
) -> None:
    subject = make_subject({}, {"a.py": "x = 2\n"})
    answers = [completed(returncode=-9)] * kills + [completed('{"parsed": 1, "failures": {}}')]
    fake = FakeEnvironment(answers)
    assert ParsesGate().judge(replace(subject, environment=fake)).passed is passes
    assert len(fake.calls) == 2
