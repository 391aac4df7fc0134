"""Writes a check's result for people: each finding with its source line and a caret, then a summary."""

import unicodedata
from collections.abc import Iterator
from typing import Final

from cellwall.check.finding import Finding
from cellwall.check.output.concise import finding_line
from cellwall.check.output.printable import printable
from cellwall.check.output.sources import Sources
from cellwall.check.output.summary_lines import summary_lines
from cellwall.check.report import CheckReport

_WIDTH: Final = 100  # of a long line this much is shown around the caret


def text_lines(report: CheckReport, sources: Sources) -> Iterator[str]:
    """Give the lines of the report, without newlines."""
    for path, error in report.unparseable:
        yield printable(f"{path}:{error.line}:1: does not parse: {error.message}")
    for finding in report.active:
        yield printable(finding_line(finding))
        yield from excerpt_lines(finding)
    for message in (*report.not_written, *report.failures):
        yield printable(message)
    if report.unparseable or report.active or report.not_written or report.failures:
        yield ""
    yield from summary_lines(report)


def excerpt_lines(finding: Finding) -> Iterator[str]:
    """Give the source line and the line of carets under it; nothing where the place lies past the excerpt."""
    text, first = finding.excerpt, finding.column - 1
    if not text.strip() or first >= len(text):
        return
    last = finding.end_column - 1 if finding.end_line == finding.line else len(text)
    last = max(first + 1, min(last, len(text)))
    begin = max(0, first - _WIDTH // 2) if len(text) > _WIDTH else 0
    shown = [_shown(character) for character in text[begin : begin + _WIDTH]]
    marked = shown[first - begin : last - begin]
    number = str(finding.line)
    yield f"{number} | {''.join(shown)}"
    carets = "^" * sum(map(_width, marked))
    yield f"{' ' * len(number)} | {' ' * sum(map(_width, shown[: first - begin]))}{carets}"


def _shown(character: str) -> str:
    return " " if character == "\t" else printable(character)


def _width(shown: str) -> int:
    """Give the columns that a shown character takes on a terminal."""
    wide = {"W": 2, "F": 2}
    return sum(0 if unicodedata.combining(c) else wide.get(unicodedata.east_asian_width(c), 1) for c in shown)
