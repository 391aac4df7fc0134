"""What is asked for, and what the answers come to."""

from __future__ import annotations

from dataclasses import replace

from cellwall.audit.coverage import Coverage
from cellwall.audit.finding import Finding, Severity, Verdict
from cellwall.audit.questions import Answer, questions, with_answers
from cellwall.audit.report import AuditReport
from cellwall.audit.sharing_rules import SharingRules
from cellwall.audit.weaknesses import WEAKNESSES


def finding(kind: str, target: str) -> Finding:
    return Finding(WEAKNESSES[kind], target, "", Severity.HIGH, "why", Verdict.CONFIRMED, "evidence")


READ, LIST, WRITE = (
    finding("foreign-read", "GET /a/[x]*"),
    finding("list-leak", "GET /b"),
    finding("foreign-write", "GET /a/[x]*"),
)


def test_readings_are_asked_for_once_an_operation() -> None:
    asked = questions(
        [READ, READ, WRITE, LIST, replace(LIST, target="GET /c", accepted=True)], SharingRules()
    )
    assert [each.operation for each in asked] == ["GET /a/[x]*", "GET /b"]
    assert questions([READ, LIST], SharingRules(private=("GET /b",))) == asked[:1]


def test_a_pattern_means_its_operation_alone() -> None:
    (asked,) = questions([READ], SharingRules())
    rules = SharingRules((asked.pattern,))
    assert rules.covers(READ.target)
    assert not rules.covers("GET /a/x/y")


def test_a_write_is_never_shared_by_an_answer() -> None:
    report = AuditReport("x", 0, (READ, WRITE, LIST), Coverage((), ()), dynamic=True)
    left = with_answers(report, {READ.target: Answer.SHARED, LIST.target: Answer.PRIVATE})
    assert left.findings == (WRITE, LIST)
    assert left.notes == ("shared by design, as was answered: GET /a/[x]*",)
