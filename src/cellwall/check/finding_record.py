"""Findings as JSON values and back: for the cache, which keeps them between runs."""

from typing import Any

from cellwall.check.edit import Edit, Fix, Safety
from cellwall.check.file_report import FileReport
from cellwall.check.finding import Finding, Severity
from cellwall.check.parse import ParseError
from cellwall.check.reason import Reason


def to_record(report: FileReport) -> list[Any]:
    """Give a report as JSON values; the path is left to the caller. Nothing to tell is an empty list."""
    if report.parse_error is not None:
        return [[report.parse_error.line, report.parse_error.message]]
    return [_finding_record(finding) for finding in report.findings]


def from_record(path: str, record: list[Any]) -> FileReport:
    """Make the report that `to_record` described.

    Raises:
        ValueError, TypeError, KeyError, IndexError: it is no such record.
    """
    if record and len(record[0]) == 2:
        line, message = record[0]
        return FileReport(path, parse_error=ParseError(int(line), str(message)))
    return FileReport(path, tuple(_finding(path, values) for values in record))


def _finding_record(finding: Finding) -> list[Any]:
    return [
        finding.line, finding.column, finding.end_line, finding.end_column, finding.rule, finding.code,
        finding.message, finding.severity.value, _fix_record(finding.fix),
        finding.reason.value if finding.reason is not None else None,
        finding.detail, finding.suppressed, finding.excerpt,
    ]  # fmt: skip


def _finding(path: str, values: list[Any]) -> Finding:
    line, column, end_line, end_column, rule, code, message, severity, fix, reason, *rest = values
    detail, suppressed, excerpt = rest
    return Finding(
        path, line, column, end_line, end_column, rule, code, message, Severity(severity), _fix(fix),
        Reason(reason) if reason is not None else None, detail, suppressed, excerpt,
    )  # fmt: skip


def _fix_record(fix: Fix | None) -> list[Any] | None:
    if fix is None:
        return None
    edits = [[e.start, e.end, e.replacement.decode("latin-1")] for e in fix.edits]
    return [edits, fix.safety.value, list(fix.imports), fix.pattern]


def _fix(record: list[Any] | None) -> Fix | None:
    if record is None:
        return None
    edits, safety, imports, pattern = record
    made = tuple(Edit(start, end, text.encode("latin-1")) for start, end, text in edits)
    return Fix(made, Safety(safety), tuple(imports), pattern)
