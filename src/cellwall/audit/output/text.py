"""The report as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cellwall.project.number_of import number_of

_MARKS: Final = {"tested": "x", "not reached": "-", "not applicable": ""}


def text_lines(record: Mapping[str, Any]) -> Iterator[str]:
    """Give the report line by line: findings, coverage, what it comes to."""
    for finding in record["findings"]:
        yield from _finding(finding)
    if record["coverage"]["operations"]:
        yield from _coverage(record["coverage"])
    yield from (f"note: {note}" for note in record["notes"])
    yield from (f"looked at: {part}" for part in record["static"])
    yield _summary(record)
    if record["too_little_tested"]:
        yield f"not clean: {record['too_little_tested']}"


def _finding(finding: Mapping[str, Any]) -> Iterator[str]:
    accepted = ", accepted by the baseline" if finding["accepted"] else ""
    severity = finding["severity"].upper()
    yield f"{severity} {finding['kind']}: {finding['title']} [{finding['verdict']}{accepted}]"
    yield f"  where     {finding['target']}" + (f", {finding['detail']}" if finding["detail"] else "")
    if finding["place"]:
        yield f"  code      {finding['place']}"
    yield f"  why       {finding['reason']}; {finding['cwe']}; {finding['owasp']}"
    yield f"  evidence  {finding['evidence']}"
    for exchange in finding["requests"]:
        yield f"  as {exchange['as']}: {exchange['curl']}"
        yield f"    -> {exchange['status']} {exchange['answer'][:160]}"
    yield f"  fix       {finding['fix']}"
    yield f"  retest    {finding['retest']}"
    yield ""


def _coverage(coverage: Mapping[str, Any]) -> Iterator[str]:
    probes = coverage["probes"]
    widest = max(len(row["operation"]) for row in coverage["operations"])
    width = min(widest, 60)
    yield f"{'operation':{width}}  " + "  ".join(probes) + "   (x tested, ! found, - not reached)"
    for row in coverage["operations"]:
        cells = "  ".join(f"{_mark(row['probes'].get(name)):^{len(name)}}" for name in probes)
        reason = row["left_out"] or row["why_not"]
        yield f"{row['operation'][:width]:{width}}  {cells}   {reason}".rstrip()
    yield ""


def _mark(outcome: Mapping[str, Any] | None) -> str:
    if outcome is None:
        return ""
    return "!" if outcome["findings"] else _MARKS[outcome["status"]]


def _summary(record: Mapping[str, Any]) -> str:
    counts = ", ".join(f"{count} {verdict}" for verdict, count in record["counts"].items())
    coverage = record["coverage"]
    if not coverage["operations"]:
        return f"{record['target']}: {counts}; no application was asked"
    users = "both users can still be used" if record["users_usable"] else "A USER CAN NOT BE USED ANY MORE"
    return (
        f"{record['target']}: {counts}; {coverage['share']:.0%} of {coverage['operations_that_take_an_id']} "
        f"operations that take an id probed with another user's; "
        f"{number_of(record['requests'], 'request')} in {record['seconds']} s; {users}; seed {record['seed']}"
    )
