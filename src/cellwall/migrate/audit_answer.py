"""Reads what an audit wrote as JSON: a line of summary, its findings as rows. The text is hostile input."""

import json
from collections.abc import Mapping
from typing import Any, Final

REPORTED: Final = (0, 1, 3)  # exit codes with which an audit has written its report
MOST_FINDINGS: Final = 100
_FIELDS: Final = ("severity", "verdict", "kind", "target", "evidence")


def audit_answer(text: str) -> dict[str, Any]:
    """Give `note` and `findings`; a report that cannot be read has none."""
    try:
        report = json.loads(text)
        rows = [_row(each) for each in report["findings"][:MOST_FINDINGS]]
        return {"note": _summary(report), "findings": rows}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {"note": "its report cannot be read", "findings": []}


def _row(finding: Mapping[str, Any]) -> dict[str, str]:
    return {name: " ".join(str(finding[name]).split())[:300] for name in _FIELDS}


def _summary(report: Mapping[str, Any]) -> str:
    counts = ", ".join(f"{int(count)} {str(verdict)[:20]}" for verdict, count in report["counts"].items())
    share = f"; {float(report['coverage']['share']):.0%} of the operations that take an id were probed"
    lacking = str(report["too_little_tested"])[:150]
    asked = share if report["coverage"]["operations"] else "; no application was asked"
    return counts + asked + (f"; not clean: {lacking}" if lacking else "")
