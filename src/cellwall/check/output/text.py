"""Writes a check's result as lines for people: one per finding, then a summary."""

from collections.abc import Iterator

from cellwall.check.edit import Safety
from cellwall.check.finding import Finding, Severity
from cellwall.check.report import CheckReport, by_reason, by_rule


def text_lines(report: CheckReport) -> Iterator[str]:
    """Give the lines of the report, without newlines."""
    for path, error in report.unparseable:
        yield printable(f"{path}:{error.line}:1: does not parse: {error.message}")
    for finding in report.active:
        yield printable(_line(finding))
    for message in report.not_written:
        yield printable(message)
    if report.unparseable or report.active or report.not_written:
        yield ""
    yield from _summary(report)


def printable(text: str) -> str:
    """Write control characters out, so that no file name or source text can steer a terminal."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def _line(finding: Finding) -> str:
    place = f"{finding.path}:{finding.line}:{finding.column}"
    rule = f"{finding.code} {finding.rule}"
    return f"{place}: {finding.severity.value}: {finding.message} [{rule}] ({_repair(finding)})"


def _repair(finding: Finding) -> str:
    if finding.fix is not None:
        return "fixable" if finding.fix.safety is Safety.SAFE else "fixable with --unsafe-fixes"
    reason = finding.reason.value if finding.reason is not None else "no repair"
    return f"not repaired: {reason}: {finding.detail}" if finding.detail else f"not repaired: {reason}"


def _summary(report: CheckReport) -> Iterator[str]:
    active = report.active
    errors = sum(finding.severity is Severity.ERROR for finding in active)
    safe = sum(finding.fix is not None and finding.fix.safety is Safety.SAFE for finding in active)
    parts = [f"{_count(errors, 'error')}, {_count(len(active) - errors, 'warning')}"]
    if safe:
        parts.append(f"{safe} fixable with --fix")
    if report.repaired:
        parts.append(f"{len(report.repaired)} repaired")
    if len(report.findings) > len(active):
        parts.append(f"{len(report.findings) - len(active)} suppressed")
    if report.unparseable:
        parts.append(f"{_count(len(report.unparseable), 'file')} not parsed")
    yield f"{_count(report.files, 'file')}: {', '.join(parts)}"
    for title, counts in (
        ("found", by_rule(active)),
        ("repaired", by_rule(report.repaired)),
        ("not repaired because", by_reason(active)),
    ):
        if counts:
            yield f"{title}:"
            yield from (f"  {number:>5}  {name}" for name, number in counts.items())


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
