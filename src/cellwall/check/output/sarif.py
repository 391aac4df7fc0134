"""Writes a check's result as SARIF 2.1.0, with fixes, suppressions and fingerprints."""

from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Any, Final

from cellwall import __version__
from cellwall.check.described import Described
from cellwall.check.documentation import documentation_of
from cellwall.check.finding import Finding, Severity
from cellwall.check.fingerprint import fingerprints
from cellwall.check.output.sarif_fix import sarif_fix
from cellwall.check.output.sarif_log import location, mark_accepted, sarif_log, uri
from cellwall.check.output.sources import Sources
from cellwall.check.report import CheckReport
from cellwall.check.rule_registry import every_rule

_LEVELS: Final = MappingProxyType(
    {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
)


def sarif_lines(report: CheckReport, sources: Sources) -> Iterator[str]:
    """Give the log as one JSON object with one run."""
    rules = every_rule()
    places = {rule.code: place for place, rule in enumerate(rules)}
    run = {
        "tool": {
            "driver": {
                "name": "cellwall",
                "semanticVersion": __version__,
                "rules": [_rule(rule) for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {"executionSuccessful": not report.failures, "toolExecutionNotifications": _notices(report)}
        ],
        "results": [
            _result(finding, fingerprint, places, sources)
            for finding, fingerprint in fingerprints((*report.findings, *report.accepted))
        ],
    }
    _mark_accepted(run["results"], len(report.findings))
    yield sarif_log(run)


def _mark_accepted(results: Any, first: int) -> None:
    for result in results[first:]:
        mark_accepted(result)


def _rule(rule: Described) -> dict[str, Any]:
    text = documentation_of(rule)
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": text.summary},
        "fullDescription": {"text": text.sections["Why it leaks"]},
        "help": {"text": text.plain, "markdown": text.markdown},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": ["isolation", rule.family.value], "status": rule.status.value},
    }


def _notices(report: CheckReport) -> Sequence[dict[str, Any]]:
    broken = [
        {
            "level": "warning",
            "message": {"text": f"does not parse: {error.message}"},
            "locations": [location(path, {"startLine": error.line})],
        }
        for path, error in report.unparseable
    ]
    failed = [
        {"level": "error", "message": {"text": message}}
        for message in (*report.not_written, *report.failures)
    ]
    return [*broken, *failed]


def _result(finding: Finding, fingerprint: str, places: dict[str, int], sources: Sources) -> dict[str, Any]:
    region = {
        "startLine": finding.line,
        "startColumn": finding.column,
        "endLine": finding.end_line,
        "endColumn": finding.end_column,
    }
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [location(finding.path, region)],
        "partialFingerprints": {"cellwallFinding/v1": fingerprint},
    }
    if finding.code in places:
        result["ruleIndex"] = places[finding.code]
    fix = sarif_fix(finding, sources, uri(finding.path))
    if fix is not None:
        result["fixes"] = [fix]
    if finding.suppressed is not None:
        result["suppressions"] = [{"kind": "inSource", "justification": finding.suppressed}]
    return result
