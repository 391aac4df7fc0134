"""Writes a check's result as GitLab's code quality report (the Code Climate subset that it reads)."""

import json
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any, Final

from cellwall.check.finding import Severity
from cellwall.check.fingerprint import fingerprints
from cellwall.check.output.sources import Sources
from cellwall.check.report import CheckReport

_SEVERITIES: Final = MappingProxyType(
    {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.INFO: "info"}
)


def gitlab_lines(report: CheckReport, sources: Sources) -> Iterator[str]:
    """Give the report as one JSON list."""
    entries: list[dict[str, Any]] = [
        {
            "description": f"does not parse: {error.message}",
            "check_name": "parse",
            "fingerprint": f"parse:{path}",
            "severity": "major",
            "location": {"path": path, "lines": {"begin": error.line}},
        }
        for path, error in report.unparseable
    ]
    entries += [
        {
            "description": f"{finding.code}: {finding.message}",
            "check_name": finding.rule,
            "fingerprint": fingerprint,
            "severity": _SEVERITIES[finding.severity],
            "location": {
                "path": finding.path,
                "lines": {"begin": finding.line, "end": finding.end_line},
            },
        }
        for finding, fingerprint in fingerprints(report.findings)
        if finding.suppressed is None
    ]
    yield json.dumps(entries, indent=1)
