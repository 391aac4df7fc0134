"""Writes a check's result as workflow commands, which GitHub shows as annotations beside the code."""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from cellwall.check.finding import Severity
from cellwall.check.output.sources import Sources
from cellwall.check.report import CheckReport

_LEVELS: Final = MappingProxyType(
    {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
)


def github_lines(report: CheckReport, sources: Sources) -> Iterator[str]:
    """Give one command per finding, per file that does not parse, and per failure."""
    for path, error in report.unparseable:
        yield _command("error", f"does not parse: {error.message}", file=path, line=error.line)
    for finding in report.active:
        yield _command(
            _LEVELS[finding.severity],
            finding.message,
            title=f"{finding.code} {finding.rule}",
            file=finding.path,
            line=finding.line,
            col=finding.column,
            endLine=finding.end_line,
            endColumn=finding.end_column,
        )
    for message in (*report.not_written, *report.failures):
        yield _command("error", message)


def _command(level: str, message: str, **properties: str | int) -> str:
    told = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{level} {told}::{_data(message)}" if told else f"::{level}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
