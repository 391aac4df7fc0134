"""Writes a check's result for people: each finding with its source line and a caret, then a summary."""

from collections.abc import Iterator, Sequence

from cellwall.check.finding import Finding
from cellwall.check.output.concise import broken_lines, failure_lines, finding_line
from cellwall.check.output.printable import printable
from cellwall.check.output.sources import Sources
from cellwall.check.output.summary_lines import summary_lines
from cellwall.check.output.terminal import NARROWEST, WIDEST, Style, Terminal, columns
from cellwall.check.report import CheckReport


def text_lines(report: CheckReport, sources: Sources) -> Iterator[str]:
    """Give the lines of the report, without newlines."""
    terminal = sources.terminal
    yield from broken_lines(report, terminal)
    for finding in report.active:
        yield finding_line(finding, terminal)
        yield from excerpt_lines(finding, terminal)
    yield from failure_lines(report)
    if report.unparseable or report.active or report.not_written or report.failures:
        yield ""
    yield from summary_lines(report)


def excerpt_lines(finding: Finding, terminal: Terminal) -> Iterator[str]:
    """Give the source line and the line of carets under it; nothing where the place lies past the excerpt."""
    text, first = finding.excerpt, finding.column - 1
    if not text.strip() or first >= len(text):
        return
    last = finding.end_column - 1 if finding.end_line == finding.line else len(text)
    last = max(first + 1, min(last, len(text)))
    number = str(finding.line)
    shown = [" " if character == "\t" else printable(character) for character in text]
    begin, end = _window([columns(one) for one in shown], first, _room(terminal, len(number)))
    margin = " " * columns("".join(shown[begin:first]))
    carets = "^" * columns("".join(shown[first : min(last, end)]))
    yield f"{terminal.painted(number, Style.CYAN)} | {''.join(shown[begin:end])}"
    yield f"{' ' * len(number)} | {margin}{terminal.painted(carets, Style.BOLD, Style.RED)}"


def _room(terminal: Terminal, number: int) -> int:
    """Give the columns that are left beside a line's number."""
    return max(NARROWEST, min(WIDEST, terminal.width - number - len(" | ")))


def _window(widths: Sequence[int], first: int, room: int) -> tuple[int, int]:
    """Give what is shown of a line: all of it, or what fits into `room` around the character `first`."""
    if sum(widths) <= room:
        return 0, len(widths)
    begin, before = first, 0
    while begin > 0 and before + widths[begin - 1] <= room // 2:
        begin -= 1
        before += widths[begin]
    end, taken = begin, 0
    while end < len(widths) and taken + widths[end] <= room:
        taken += widths[end]
        end += 1
    return begin, end
