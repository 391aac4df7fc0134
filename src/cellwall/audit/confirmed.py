"""What a probe found on an operation and has proved by what was answered."""

from __future__ import annotations

from typing import Final

from cellwall.audit.exchange import Exchange
from cellwall.audit.finding import Finding, Severity, Verdict
from cellwall.audit.operation import Operation
from cellwall.audit.weaknesses import WEAKNESSES

PRIVATE_TO_ALL: Final = "private data of any user, to every user"


def confirmed(
    kind: str, operation: Operation, detail: str, *exchanges: Exchange,
    severity: Severity = Severity.CRITICAL, reason: str, evidence: str,
) -> Finding:  # fmt: skip
    """Give the confirmed finding of a kind of `WEAKNESSES` on this operation.

    Raises:
        KeyError: there is no such kind.
    """
    weakness = WEAKNESSES[kind]
    return Finding(
        weakness,
        operation.key,
        detail,
        severity,
        reason,
        Verdict.CONFIRMED,
        evidence,
        exchanges,
        operation.place,
    )
