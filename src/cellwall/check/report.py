"""The result of checking many files, as data that the output formats write."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from cellwall.check.finding import Finding, Severity
from cellwall.check.parse import ParseError


class CheckReport(NamedTuple):
    """What was found and repaired.

    Attributes:
        files: how many files were looked at.
        findings: what is there now, by path and place; suppressed ones too, accepted ones not.
        repaired: what was repaired, with the lines of the files as they came.
        unparseable: files that are no Python, with the reason.
        not_written: files whose repair could not be written, with the reason.
        failures: files on which a rule failed, with what happened: a defect of that rule.
        accepted: findings that the baseline accepts.
        gone: how many entries of the baseline were not found any more.
    """

    files: int
    findings: tuple[Finding, ...] = ()
    repaired: tuple[Finding, ...] = ()
    unparseable: tuple[tuple[str, ParseError], ...] = ()
    not_written: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    accepted: tuple[Finding, ...] = ()
    gone: int = 0

    @property
    def active(self) -> tuple[Finding, ...]:
        """The findings that no comment suppresses."""
        return tuple(finding for finding in self.findings if finding.suppressed is None)

    def fails(self, *, strict: bool) -> bool:
        """Tell whether an error remains; with `strict` a warning or an unparseable file counts too."""
        failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
        if strict and self.unparseable:
            return True
        return bool(self.not_written) or any(f.severity in failing for f in self.active)


def by_rule(findings: Iterable[Finding]) -> dict[str, int]:
    """Count findings by "CODE name"."""
    return dict(sorted(Counter(f"{finding.code} {finding.rule}" for finding in findings).items()))


def by_reason(findings: Iterable[Finding]) -> dict[str, int]:
    """Count the findings that are not repaired by their reason, the most frequent first."""
    counts = Counter(finding.reason.value for finding in findings if finding.reason is not None)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
