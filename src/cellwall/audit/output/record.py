"""The report as plain data: what the JSON format writes, and every other format reads."""

from __future__ import annotations

from typing import Any

from cellwall import __version__
from cellwall.audit.coverage import Row
from cellwall.audit.curl import curl
from cellwall.audit.exchange import Exchange
from cellwall.audit.finding import Finding, Verdict
from cellwall.audit.redacted import redacted
from cellwall.audit.report import AuditReport


def report_record(report: AuditReport, min_coverage: float) -> dict[str, Any]:
    """Give the whole report as JSON data; nothing in it is a credential."""
    return {
        "tool": "cellwall audit",
        "version": __version__,
        "target": report.target,
        "focus": report.focus,
        "seed": report.seed,
        "requests": report.requests,
        "seconds": round(report.seconds, 2),
        "users_usable": report.users_usable,
        "counts": {verdict.value: report.count(verdict) for verdict in Verdict},
        "too_little_tested": report.too_little(min_coverage),
        "findings": [finding_record(each, report.target) for each in report.findings],
        "coverage": _coverage(report),
        "static": list(report.static),
        "notes": [redacted(each) for each in report.notes],
    }


def finding_record(finding: Finding, base: str) -> dict[str, Any]:
    """Give one finding."""
    weakness = finding.weakness
    return {
        "id": finding.fingerprint,
        "kind": weakness.name,
        "title": weakness.title,
        "target": finding.target,
        "detail": redacted(finding.detail),
        "verdict": finding.verdict.value,
        "severity": finding.severity.value,
        "reason": redacted(finding.reason),
        "cwe": weakness.cwe,
        "owasp": weakness.owasp,
        "evidence": redacted(finding.evidence),
        "requests": [_exchange(each, base) for each in finding.exchanges],
        "place": finding.place,
        "fix": weakness.fix if not finding.fix else finding.fix,
        "retest": finding.retest,
        "accepted": finding.accepted,
    }


def _exchange(exchange: Exchange, base: str) -> dict[str, Any]:
    response = exchange.response
    body = response.body[:8000].decode(errors="replace")
    return {
        "as": exchange.actor or "nobody",
        "curl": redacted(curl(exchange, base if base.startswith("http") else "http://testserver"), most=3000),
        "status": response.status,
        "answer": redacted(body),
    }


def _coverage(report: AuditReport) -> dict[str, Any]:
    coverage = report.coverage
    return {
        "share": round(coverage.share, 4),
        "probes": list(coverage.probes),
        "operations_that_take_an_id": len(coverage.wanted),
        "operations": [_row(row) for row in coverage.rows],
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "operation": redacted(row.key),
        "takes_id": row.takes_id,
        "probed": row.probed,
        "left_out": redacted(row.left_out),
        "why_not": "" if row.probed or not row.takes_id else redacted(row.why_not),
        "requests": row.requests,
        "probes": {
            name: {
                "status": each.status.value,
                "reason": redacted(each.reason),
                "findings": len(each.findings),
            }
            for name, each in row.outcomes.items()
        },
    }
