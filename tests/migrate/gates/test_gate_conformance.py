"""Every gate answers every subject with a verdict: stable name, JSON figures, no exception."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cellwall.migrate.batch import FileChange, Site
from cellwall.migrate.gates.fake import FakeGate
from cellwall.migrate.gates.gate import Gate, Subject, Verdict
from cellwall.migrate.gates.guarded import Guarded
from cellwall.migrate.gates.registry import all_gates
from cellwall.project.config import TestSettings
from cellwall.project.environment import Completed

PATH = "tests/test_a.py"
NAMES = ["parses", "scope", "weakened", "findings", "tests", "notices leaks", "many users"]
OFF = (
    "hypothesispytest",
    "anyio",
    "asyncio",
    "xdist",
)  # plugins of this repository that the targets do not need
LEAN = TestSettings(arguments=tuple(word for name in OFF for word in ("-p", f"no:{name}")), timeout=20)
GATES = (*all_gates(), FakeGate("fake", Verdict("fake", True, "as told")))


class DeadEnvironment:
    """Everything that is started ends at once with rubbish."""

    walls = ()
    python = Path("/nowhere/python")

    def run(self, argv: list[str], **_: object) -> Completed:
        return Completed(-9, "{]\0", "\udcff", timed_out=False, cut=True, seconds=0.0)


class BrokenEnvironment(DeadEnvironment):
    """Nothing can be started."""

    def run(self, argv: list[str], **_: object) -> Completed:
        raise OSError("no process can be started")


def plain(subject: Subject) -> Subject:
    return subject


def without_base(subject: Subject) -> Subject:
    return replace(subject, base_dir=subject.base_dir / "nowhere")


def without_workspaces(subject: Subject) -> Subject:
    nowhere = subject.base_dir / "nowhere"
    return replace(subject, base_dir=nowhere, patched_dir=nowhere)


def nothing_allowed(subject: Subject) -> Subject:
    return replace(subject, allowed=frozenset())


def with_changes(*changes: FileChange) -> Callable[[Subject], Subject]:
    def change(subject: Subject) -> Subject:
        return replace(subject, patch=replace(subject.patch, changes=changes))

    return change


def with_claims(subject: Subject) -> Subject:
    site = Site("\0../x", -1, "no-such-rule", "CW999")
    return replace(subject, patch=replace(subject.patch, repaired=(site,) * 3, needs_human=(site,)))


def with_fifo(subject: Subject) -> Subject:
    (subject.patched_dir / PATH).unlink()
    os.mkfifo(subject.patched_dir / PATH)
    return subject


def with_folder(subject: Subject) -> Subject:
    (subject.patched_dir / PATH).unlink()
    (subject.patched_dir / PATH).mkdir()
    return subject


def with_dangling_link(subject: Subject) -> Subject:
    (subject.patched_dir / PATH).unlink()
    (subject.patched_dir / PATH).symlink_to("nowhere")
    return subject


def with_dead_environment(subject: Subject) -> Subject:
    return replace(subject, environment=DeadEnvironment())


def with_broken_environment(subject: Subject) -> Subject:
    return replace(subject, environment=BrokenEnvironment())


HOSTILE = {
    "plain": plain,
    "no base": without_base,
    "no workspaces": without_workspaces,
    "nothing allowed": nothing_allowed,
    "no changes": with_changes(),
    "binary": with_changes(FileChange(PATH, b"\xff\xfe\0", b"\0" * 5000)),
    "deep": with_changes(FileChange(PATH, b"x = 1\n", b"x = " + b"(" * 9000 + b")" * 9000)),
    "long chain": with_changes(FileChange(PATH, b"x = 1\n", b"x = " + b"1+" * 20000 + b"1\n")),
    "odd encodings": with_changes(
        FileChange(PATH, b"# coding: utf-7\nx = 1\n", b"# coding: nothing\nx = 1\n")
    ),
    "carriage returns": with_changes(FileChange(PATH, b"x = 1\r", b"\x0cx = 2\r\n")),
    "odd paths": with_changes(FileChange("../\0\udcff.py", None, b"x"), FileChange("", None, b"")),
    "new and gone": with_changes(FileChange("a.py", None, None)),
    "claims": with_claims,
    "fifo": with_fifo,
    "folder": with_folder,
    "dangling link": with_dangling_link,
    "dead environment": with_dead_environment,
    "broken environment": with_broken_environment,
}


def test_the_order_and_the_names_are_stable() -> None:
    assert [gate.name for gate in all_gates()] == NAMES


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.name)
def test_a_gate_always_answers(
    gate: Gate, hostile: Callable[[Subject], Subject], make_subject: Callable[..., Subject]
) -> None:
    subject = make_subject(
        {PATH: "def test_a():\n    assert 1\n"},
        {PATH: "def test_a():\n    assert 1\n\n\ndef test_b():\n    assert 2\n"},
        tests=LEAN,
    )
    hostile_subject = hostile(subject)
    if gate.name == "tests" and hostile_subject.patch.changes != subject.patch.changes:
        # The files on disk are the honest ones: running them again would show nothing new.
        hostile_subject = replace(hostile_subject, run_tests=False)
    verdict = gate.judge(hostile_subject)
    assert verdict.gate == gate.name
    assert verdict.evidence
    json.dumps(dict(verdict.figures))
    assert verdict.evidence.encode("utf-8", "strict")


def test_all_gates_pass_an_honest_patch(make_subject: Callable[..., Subject]) -> None:
    before = "def test_a():\n    assert 1\n"
    subject = make_subject(
        {PATH: before},
        {PATH: before + "\n\ndef test_b():\n    assert 2\n"},
        tests=LEAN,
    )
    verdicts = [gate.judge(subject) for gate in all_gates()]
    assert [(verdict.gate, verdict.passed) for verdict in verdicts] == [(name, True) for name in NAMES]


def test_an_exception_is_a_refusal(make_subject: Callable[..., Subject]) -> None:
    class Stumbling:
        name = "stumbling"

        def judge(self, subject: Subject) -> Verdict:
            raise RecursionError("too deep")

    verdict = Guarded(Stumbling()).judge(make_subject({}, {}))
    assert verdict == Verdict(
        "stumbling", False, "the gate could not judge this patch: RecursionError: too deep"
    )


def test_the_fake_remembers_what_it_judged(make_subject: Callable[..., Subject]) -> None:
    gate = FakeGate("fake", Verdict("fake", False, "no"))
    subject = make_subject({}, {})
    assert gate.judge(subject).evidence == "no"
    assert gate.judged == [subject]
