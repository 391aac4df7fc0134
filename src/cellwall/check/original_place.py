"""Where a finding stands in a file that is being repaired, and where that was in the file as it came."""

from collections.abc import Sequence

from cellwall.check.finding import Finding
from cellwall.check.lines import LineIndex
from cellwall.check.offset_map import OffsetMap


def span_of(finding: Finding, lines: LineIndex) -> tuple[int, int]:
    """Give a finding's offsets (columns are in characters, so the line is decoded)."""

    def offset(line: int, column: int) -> int:
        text = lines.text(line).decode("utf-8", "replace")
        return lines.offset(line, len(text[: column - 1].encode("utf-8", "surrogatepass")))

    return offset(finding.line, finding.column), offset(finding.end_line, finding.end_column)


def originally(finding: Finding, now: LineIndex, moved: Sequence[OffsetMap], before: LineIndex) -> Finding:
    """Give a finding with the line and column that it had before the file was edited; `moved` says how."""
    if not moved:
        return finding
    start, end = span_of(finding, now)
    for step in reversed(moved):
        start, end = step.back(start), step.back(end)
    first = _position(before, start)
    last = max(first, _position(before, end))
    return finding._replace(line=first[0], column=first[1], end_line=last[0], end_column=last[1])


def _position(lines: LineIndex, offset: int) -> tuple[int, int]:
    line = lines.line_of(offset)
    return line, lines.character_column(line, max(0, offset - lines.starts[line - 1]))
