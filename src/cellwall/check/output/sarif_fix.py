"""Writes a finding's fix as SARIF's replacements, by line and column."""

from typing import Any

from cellwall.check.edit import Edit, Safety
from cellwall.check.finding import Finding
from cellwall.check.lines import LineIndex
from cellwall.check.output.sources import Sources


def sarif_fix(finding: Finding, sources: Sources, uri: str) -> dict[str, Any] | None:
    """Give the fix of a finding, None where it has none or the file is gone."""
    if finding.fix is None or finding.suppressed is not None:
        return None
    source, edits = sources.edits(finding.path, finding.fix)
    if not edits:
        return None
    lines = LineIndex(source)
    kind = "safe" if finding.fix.safety is Safety.SAFE else "may change what the code does"
    return {
        "description": {"text": f"Repair of {finding.rule} ({kind})"},
        "artifactChanges": [
            {
                "artifactLocation": {"uri": uri},
                "replacements": [_replacement(lines, edit) for edit in sorted(set(edits))],
            }
        ],
    }


def _replacement(lines: LineIndex, edit: Edit) -> dict[str, Any]:
    start_line, start_column = _position(lines, edit.start)
    end_line, end_column = _position(lines, edit.end)
    return {
        "deletedRegion": {
            "startLine": start_line,
            "startColumn": start_column,
            "endLine": end_line,
            "endColumn": end_column,
        },
        "insertedContent": {"text": edit.replacement.decode("utf-8", "replace")},
    }


def _position(lines: LineIndex, offset: int) -> tuple[int, int]:
    line = lines.line_of(offset)
    return line, lines.character_column(line, max(0, offset - lines.starts[line - 1]))
