"""One audit's whole result, and what it comes to as an exit code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, final

from cellwall.audit.coverage import Coverage, Row
from cellwall.audit.finding import RANK, Finding, Severity, Verdict
from cellwall.project.number_of import number_of

CLEAN: Final = 0
FOUND: Final = 1
NOT_ENOUGH_TESTED: Final = 3
_NAMED: Final = 5


@final
@dataclass(frozen=True)
class AuditReport:
    """Findings, the worst first; coverage; users at the end; notes.

    `static` says which static parts ran and what they looked at. `dynamic` is False where no application was
    at hand; then coverage is empty and says nothing.
    """

    target: str
    seed: int
    findings: tuple[Finding, ...]
    coverage: Coverage
    dynamic: bool
    users_usable: bool = True
    requests: int = 0
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    static: tuple[str, ...] = ()
    focus: str = "all"

    def exit_code(self, fail_on: Severity | None, min_coverage: float) -> int:
        """Give the code: findings that are not accepted, and as bad as `fail_on`, come before coverage."""
        if fail_on is not None and any(
            RANK[each.severity] <= RANK[fail_on] for each in self.findings if not each.accepted
        ):
            return FOUND
        return NOT_ENOUGH_TESTED if self.too_little(min_coverage) else CLEAN

    def too_little(self, min_coverage: float) -> str:
        """Say why what was tested does not do for a clean bill; "" where it does."""
        if not self.dynamic:
            return "" if self.static else "nothing was tested"
        if not self.coverage.tested:
            return "nothing was tested"
        wanted = self.coverage.wanted
        if not wanted:
            return "" if min_coverage <= 0 else "no operation that takes an id could be probed"
        if self.coverage.share * 100 + 1e-9 < min_coverage:
            probed = sum(row.probed for row in wanted)
            return (
                f"{probed} of {number_of(len(wanted), 'operation')} that take an id were probed with "
                f"another user's "
                f"({self.coverage.share:.0%}; {min_coverage:.0f}% are asked for); not: {_unprobed(wanted)}"
            )
        return ""

    def count(self, verdict: Verdict) -> int:
        """How many findings of this verdict are not accepted."""
        return sum(each.verdict is verdict and not each.accepted for each in self.findings)


def ordered(findings: Any) -> tuple[Finding, ...]:
    """Give findings once each, the worst first, then by target."""
    unique = {each.fingerprint: each for each in reversed(list(findings))}
    return tuple(
        sorted(
            unique.values(),
            key=lambda each: (RANK[each.severity], each.target, each.weakness.name, each.detail),
        )
    )


def _unprobed(wanted: tuple[Row, ...]) -> str:
    """Name the first of the operations that got no foreign id."""
    left = [row.key for row in wanted if not row.probed]
    more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
    return ", ".join(left[:_NAMED]) + more
