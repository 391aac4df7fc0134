"""Writes a check's result as one line per finding."""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from cellwall.check.finding import Finding, Severity
from cellwall.check.output.printable import printable
from cellwall.check.output.repair_note import repair_note
from cellwall.check.output.sources import Sources
from cellwall.check.output.summary_lines import summary_lines
from cellwall.check.output.terminal import Style, Terminal
from cellwall.check.report import CheckReport

_STYLES: Final = MappingProxyType(
    {Severity.ERROR: Style.RED, Severity.WARNING: Style.YELLOW, Severity.INFO: Style.CYAN}
)


def concise_lines(report: CheckReport, sources: Sources) -> Iterator[str]:
    """Give the lines of the report, without newlines."""
    yield from broken_lines(report, sources.terminal)
    for finding in report.active:
        yield finding_line(finding, sources.terminal)
    yield from failure_lines(report)
    yield next(summary_lines(report))


def broken_lines(report: CheckReport, terminal: Terminal) -> Iterator[str]:
    """Give one line for each file that does not parse."""
    for path, error in report.unparseable:
        place = printable(f"{path}:{error.line}:1")
        yield f"{terminal.painted(place, Style.BOLD)}: " + printable(f"does not parse: {error.message}")


def failure_lines(report: CheckReport) -> Iterator[str]:
    """Give one line for each file that could not be written, and each rule that failed."""
    for message in (*report.not_written, *report.failures):
        yield printable(message)


def finding_line(finding: Finding, terminal: Terminal) -> str:
    """Give place, severity, message, rule and repair of a finding on one line."""
    place = printable(f"{finding.path}:{finding.line}:{finding.column}")
    severity = terminal.painted(finding.severity.value, Style.BOLD, _STYLES[finding.severity])
    note = repair_note(finding)
    told = printable(f"{finding.message} [{finding.code} {finding.rule}]" + (f" ({note})" if note else ""))
    return f"{terminal.painted(place, Style.BOLD)}: {severity}: {told}"
