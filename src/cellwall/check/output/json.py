"""Writes a check's result as JSON for programs. Fields are added over time, never renamed."""

import json
from collections.abc import Iterator
from typing import Any

from cellwall.check.finding import Finding
from cellwall.check.fingerprint import fingerprints
from cellwall.check.output.sources import Sources
from cellwall.check.report import CheckReport, by_reason, by_rule


def json_lines(report: CheckReport, sources: Sources) -> Iterator[str]:
    """Give the whole report as one JSON object."""
    yield json.dumps(
        {
            "files": report.files,
            "findings": [finding_fields(f, fingerprint) for f, fingerprint in fingerprints(report.findings)],
            "repaired": [finding_fields(finding) for finding in report.repaired],
            "unparseable": [
                {"path": path, "line": error.line, "message": error.message}
                for path, error in report.unparseable
            ],
            "not_written": list(report.not_written),
            "failures": list(report.failures),
            "summary": summary_fields(report),
        },
        indent=2,
    )


def summary_fields(report: CheckReport) -> dict[str, Any]:
    """Give the counts of a report."""
    return {
        "by_rule": by_rule(report.active),
        "by_reason": by_reason(report.active),
        "repaired_by_rule": by_rule(report.repaired),
        "suppressed": len(report.findings) - len(report.active),
        "accepted": len(report.accepted),
        "gone": report.gone,
    }


def finding_fields(finding: Finding, fingerprint: str | None = None) -> dict[str, Any]:
    """Give one finding as JSON values; `fix` is "safe", "unsafe" or null, `reason` its text or null."""
    return {
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "end_column": finding.end_column,
        "rule": finding.rule,
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "fix": finding.fix.safety.value if finding.fix is not None else None,
        "reason": finding.reason.value if finding.reason is not None else None,
        "detail": finding.detail,
        "suppressed": finding.suppressed,
        "fingerprint": fingerprint,
    }
