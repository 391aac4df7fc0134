"""The lines that sum a check up for people."""

from collections.abc import Iterator

from cellwall.check.edit import Safety
from cellwall.check.finding import Severity
from cellwall.check.report import CheckReport, by_reason, by_rule


def summary_lines(report: CheckReport) -> Iterator[str]:
    """Give one line with the figures, then the findings by rule and by reason."""
    yield f"{_count(report.files, 'file')}: {', '.join(_parts(report))}"
    yield from statistics_lines(report)


def statistics_lines(report: CheckReport) -> Iterator[str]:
    """Give the findings by rule, the repaired ones by rule, and the rest by reason."""
    active = report.active
    for title, counts in (
        ("found", by_rule(active)),
        ("repaired", by_rule(report.repaired)),
        ("not repaired because", by_reason(active)),
    ):
        if counts:
            yield f"{title}:"
            yield from (f"  {number:>5}  {name}" for name, number in counts.items())


def _parts(report: CheckReport) -> Iterator[str]:
    active = report.active
    by_severity = {level: sum(f.severity is level for f in active) for level in Severity}
    yield _count(by_severity[Severity.ERROR], "error")
    yield _count(by_severity[Severity.WARNING], "warning")
    if by_severity[Severity.INFO]:
        yield f"{by_severity[Severity.INFO]} info"
    safe = sum(finding.fix is not None and finding.fix.safety is Safety.SAFE for finding in active)
    for number, words in (
        (safe, "fixable with --fix"),
        (len(report.repaired), "repaired"),
        (len(report.findings) - len(active), "suppressed"),
        (len(report.accepted), "in the baseline"),
        (report.gone, "of the baseline gone"),
    ):
        if number:
            yield f"{number} {words}"
    if report.unparseable:
        yield f"{_count(len(report.unparseable), 'file')} not parsed"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
