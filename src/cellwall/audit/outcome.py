"""What a probe says of one operation: findings, or why it could not tell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import final

from cellwall.audit.finding import Finding


class Status(Enum):
    """How far a probe came."""

    TESTED = "tested"
    NOT_REACHED = "not reached"
    NOT_APPLICABLE = "not applicable"


@final
@dataclass(frozen=True, slots=True)
class Outcome:
    """One probe's answer for one operation; `reason` says why where nothing was tested."""

    status: Status
    reason: str = ""
    findings: tuple[Finding, ...] = ()


NOT_APPLICABLE = Outcome(Status.NOT_APPLICABLE)


def tested(*findings: Finding) -> Outcome:
    """Give the outcome of a probe that got through."""
    return Outcome(Status.TESTED, "", findings)


def not_reached(reason: str) -> Outcome:
    """Give the outcome of a probe that proves nothing."""
    return Outcome(Status.NOT_REACHED, reason)
