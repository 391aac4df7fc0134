"""Writes a check's result as one line per finding."""

from collections.abc import Iterator

from cellwall.check.finding import Finding
from cellwall.check.output.printable import printable
from cellwall.check.output.repair_note import repair_note
from cellwall.check.output.sources import Sources
from cellwall.check.output.summary_lines import summary_lines
from cellwall.check.report import CheckReport


def concise_lines(report: CheckReport, sources: Sources) -> Iterator[str]:
    """Give the lines of the report, without newlines."""
    for path, error in report.unparseable:
        yield printable(f"{path}:{error.line}:1: does not parse: {error.message}")
    for finding in report.active:
        yield printable(finding_line(finding))
    for message in (*report.not_written, *report.failures):
        yield printable(message)
    yield next(summary_lines(report))


def finding_line(finding: Finding) -> str:
    """Give place, severity, message, rule and repair of a finding on one line."""
    place = f"{finding.path}:{finding.line}:{finding.column}"
    note = repair_note(finding)
    return f"{place}: {finding.severity.value}: {finding.message} [{finding.code} {finding.rule}]" + (
        f" ({note})" if note else ""
    )
