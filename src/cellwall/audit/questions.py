"""What only people can tell: whether data that users were shown of others is shared by design."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final, final

from cellwall.audit.finding import Finding
from cellwall.audit.report import AuditReport
from cellwall.audit.sharing_rules import SharingRules

ASKED: Final = frozenset({"foreign-read", "list-leak", "nested-swap", "public-data"})


class Answer(Enum):
    """What was answered; the value is the key of the configuration that keeps it."""

    SHARED = "shared"
    PRIVATE = "private"


@final
@dataclass(frozen=True, slots=True)
class Question:
    """One operation whose answers show others' data, with what shows it."""

    operation: str
    evidence: str

    @property
    def pattern(self) -> str:
        """The operation as a pattern that means it alone."""
        return "".join(f"[{each}]" if each in "*?[" else each for each in self.operation)


def questions(findings: Iterable[Finding], rules: SharingRules) -> list[Question]:
    """Give a question for each operation that nobody has answered for; what is accepted is not asked for."""
    found: dict[str, Question] = {}
    for each in findings:
        if each.weakness.name in ASKED and not each.accepted and not rules.keeps_private(each.target):
            found.setdefault(each.target, Question(each.target, each.evidence))
    return list(found.values())


def with_answers(report: AuditReport, answers: Mapping[str, Answer]) -> AuditReport:
    """Leave out what is shared by design, and say so in the report."""
    shared = {operation for operation, answer in answers.items() if answer is Answer.SHARED}
    kept = tuple(
        each for each in report.findings if each.target not in shared or each.weakness.name not in ASKED
    )
    notes = tuple(f"shared by design, as was answered: {operation}" for operation in sorted(shared))
    return replace(report, findings=kept, notes=(*report.notes, *notes))
