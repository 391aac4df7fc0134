"""The report as SARIF 2.1.0 (OASIS, 2020): rules by kind, fingerprints, accepted findings suppressed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from cellwall import __version__
from cellwall.check.output.sarif_log import location as placed
from cellwall.check.output.sarif_log import mark_accepted, sarif_log

_LEVELS: Final = MappingProxyType(
    {"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}
)
# What code hosts sort by, on the scale of CVSS.
_SCORES: Final = MappingProxyType(
    {"critical": "9.3", "high": "8.0", "medium": "5.5", "low": "3.0", "info": "0.0"}
)


def sarif_text(record: Mapping[str, Any]) -> str:
    """Give the log with one run."""
    findings = record["findings"]
    kinds = list(dict.fromkeys(each["kind"] for each in findings))
    first = {kind: next(each for each in findings if each["kind"] == kind) for kind in kinds}
    run = {
        "tool": {
            "driver": {
                "name": "cellwall audit",
                "semanticVersion": __version__,
                "rules": [_rule(first[kind]) for kind in kinds],
            }
        },
        "invocations": [
            {
                "executionSuccessful": not record["too_little_tested"],
                "toolExecutionNotifications": _notices(record),
            }
        ],
        "results": [_result(each, kinds) for each in findings],
        "properties": {"target": record["target"], "coverage": record["coverage"]["share"]},
    }
    return sarif_log(run)


def _rule(finding: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": finding["kind"],
        "shortDescription": {"text": finding["title"]},
        "help": {"text": finding["fix"]},
        "properties": {
            "tags": ["security", "isolation", f"external/cwe/{finding['cwe'].lower()}", finding["owasp"]],
            "security-severity": _SCORES[finding["severity"]],
        },
    }


def _result(finding: Mapping[str, Any], kinds: list[str]) -> dict[str, Any]:
    text = f"{finding['title']}: {finding['target']}. {finding['evidence']} ({finding['verdict']})"
    path, _, line = finding["place"].rpartition(":")
    location: dict[str, Any] = {"logicalLocations": [{"fullyQualifiedName": finding["target"]}]}
    if path and line.isdecimal():
        location |= placed(path, {"startLine": max(1, int(line))})
    result: dict[str, Any] = {
        "ruleId": finding["kind"],
        "ruleIndex": kinds.index(finding["kind"]),
        "level": _LEVELS[finding["severity"]],
        "message": {"text": text},
        "locations": [location],
        "partialFingerprints": {"cellwallAudit/v1": finding["id"]},
        "properties": {"retest": finding["retest"], "requests": finding["requests"]},
    }
    if finding["accepted"]:
        mark_accepted(result)
    return result


def _notices(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    texts = [*([record["too_little_tested"]] if record["too_little_tested"] else []), *record["notes"]]
    return [{"level": "warning", "message": {"text": text}} for text in texts]
