"""The lines that sum a check up for people."""

import json
from collections.abc import Iterator

from cellwall.check.edit import Safety
from cellwall.check.finding import Finding, Severity
from cellwall.check.report import CheckReport, by_reason, by_rule
from cellwall.project.number_of import number_of


def summary_lines(report: CheckReport) -> Iterator[str]:
    """Give one line with the figures, then the findings by rule and by reason."""
    yield f"{number_of(report.files, 'file')}: {', '.join(_parts(report))}"
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


def statistics_json(report: CheckReport) -> Iterator[str]:
    """Give the findings by rule as JSON: code, rule, how many, and how many of them --fix repairs."""
    counted: dict[str, dict[str, str | int]] = {}
    for finding in sorted(report.active, key=lambda one: one.code):
        empty: dict[str, str | int] = {"code": finding.code, "rule": finding.rule}
        entry = counted.setdefault(finding.code, {**empty, "count": 0, "fixable": 0})
        entry["count"] = int(entry["count"]) + 1
        entry["fixable"] = int(entry["fixable"]) + _is_fixable(finding)
    yield json.dumps(list(counted.values()), indent=2)


def _is_fixable(finding: Finding) -> bool:
    return finding.fix is not None and finding.fix.safety is Safety.SAFE


def _parts(report: CheckReport) -> Iterator[str]:
    active = report.active
    by_severity = {level: sum(f.severity is level for f in active) for level in Severity}
    yield number_of(by_severity[Severity.ERROR], "error")
    yield number_of(by_severity[Severity.WARNING], "warning")
    if by_severity[Severity.INFO]:
        yield f"{by_severity[Severity.INFO]} info"
    safe = sum(map(_is_fixable, active))
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
        yield f"{number_of(len(report.unparseable), 'file')} not parsed"
