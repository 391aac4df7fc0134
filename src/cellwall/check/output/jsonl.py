"""Writes a check's result as one JSON object a line: findings first, a summary last."""

import json
from collections.abc import Iterator

from cellwall.check.fingerprint import fingerprints
from cellwall.check.output.json import finding_fields, summary_fields
from cellwall.check.output.sources import Sources
from cellwall.check.report import CheckReport


def jsonl_lines(report: CheckReport, sources: Sources) -> Iterator[str]:
    """Give the lines; the field `kind` says what a line is about."""
    for path, error in report.unparseable:
        yield json.dumps({"kind": "unparseable", "path": path, "line": error.line, "message": error.message})
    for finding, fingerprint in fingerprints(report.findings):
        yield json.dumps({"kind": "finding", **finding_fields(finding, fingerprint)})
    for finding in report.repaired:
        yield json.dumps({"kind": "repaired", **finding_fields(finding)})
    for message in (*report.not_written, *report.failures):
        yield json.dumps({"kind": "failure", "message": message})
    yield json.dumps({"kind": "summary", "files": report.files, **summary_fields(report)})
