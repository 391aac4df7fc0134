"""Writes a check's result as JSON for programs. Fields are added over time, never renamed."""

import json
from typing import Any

from cellwall.check.finding import Finding
from cellwall.check.report import CheckReport, by_reason, by_rule


def json_text(report: CheckReport) -> str:
    """Give the whole report as one JSON object."""
    return json.dumps(
        {
            "files": report.files,
            "findings": [finding_fields(finding) for finding in report.findings],
            "repaired": [finding_fields(finding) for finding in report.repaired],
            "unparseable": [
                {"path": path, "line": error.line, "message": error.message}
                for path, error in report.unparseable
            ],
            "not_written": list(report.not_written),
            "summary": {
                "by_rule": by_rule(report.active),
                "by_reason": by_reason(report.active),
                "repaired_by_rule": by_rule(report.repaired),
                "suppressed": len(report.findings) - len(report.active),
            },
        },
        indent=2,
    )


def finding_fields(finding: Finding) -> dict[str, Any]:
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
    }
