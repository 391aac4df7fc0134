"""Writes suppressions for what is found now, so that a check can be adopted file by file."""

from collections.abc import Callable, Iterable, Sequence

from cellwall.check.changed_lines import EVERY_LINE, Ranges, touches
from cellwall.check.cross_file_facts import ProjectFacts
from cellwall.check.edit import Edit, apply_edits
from cellwall.check.engine import check_source
from cellwall.check.finding import Finding
from cellwall.check.javascript.languages import language_of
from cellwall.check.lines import LineIndex
from cellwall.check.settings import CheckSettings

_Place = Callable[[LineIndex, int, str], Edit]


def add_suppressions(
    path: str,
    source: bytes,
    settings: CheckSettings,
    project: ProjectFacts,
    *,
    reason: str,
    lines: Ranges = EVERY_LINE,
) -> tuple[bytes, tuple[Finding, ...]]:
    """Silence what touches the lines of a file by comments; give the new bytes and what is found there.

    The comment goes to the end of the line; where that is no place for one (inside of a text, after a
    backslash, between tags), to a line of its own above. What still is found afterwards stays as it was.
    """
    script = language_of(path) is not None
    mark = "//" if script else "#"
    why = " ".join(reason.split())
    current = source

    def edit(place: _Place, line: int, names: Sequence[str]) -> Edit:
        comment = f"  {mark} cellwall: allow[{', '.join(names)}] {why}".rstrip()
        return place(LineIndex(current), line, comment)

    for place in (_at_the_end, _above, *((_between_tags,) if script else ())):
        active = _active(_found(path, current, settings, project, lines))
        together = apply_edits(current, [edit(place, *one) for one in active])
        whole = bool(active) and lines is EVERY_LINE
        if whole and _silenced(path, current, together, settings, project, wholly=True):
            return together, check_source(path, together, settings, project).findings
        for one in active:
            following = apply_edits(current, [edit(place, *one)])
            if _silenced(path, current, following, settings, project):
                current = following
                lines = lines if place is _at_the_end else _one_lower(lines, one[0])
    return current, _found(path, current, settings, project, lines)


def _found(
    path: str, source: bytes, settings: CheckSettings, project: ProjectFacts, lines: Ranges
) -> tuple[Finding, ...]:
    return tuple(f for f in check_source(path, source, settings, project).findings if touches(f, lines))


def _active(findings: Iterable[Finding]) -> Sequence[tuple[int, tuple[str, ...]]]:
    """Give the lines with findings, the last one first, each with the rules that find something there."""
    lines: dict[int, dict[str, None]] = {}
    for finding in findings:
        if finding.suppressed is None:
            lines.setdefault(finding.line, {})[finding.rule] = None
    return [(line, tuple(lines[line])) for line in sorted(lines, reverse=True)]


def _one_lower(lines: Ranges, line: int) -> Ranges:
    """Give the ranges after a line was put above `line`."""
    return tuple((first + (first >= line), last + (last >= line)) for first, last in lines)


def _silenced(
    path: str,
    before: bytes,
    after: bytes,
    settings: CheckSettings,
    project: ProjectFacts,
    *,
    wholly: bool = False,
) -> bool:
    """Tell whether fewer findings are active, or none, and the file still parses."""
    new = check_source(path, after, settings, project)
    if new.parse_error is not None:
        return False
    left = _count(new.findings)
    return not left if wholly else left < _count(check_source(path, before, settings, project).findings)


def _count(findings: Sequence[Finding]) -> int:
    return sum(finding.suppressed is None for finding in findings)


def _at_the_end(lines: LineIndex, line: int, comment: str) -> Edit:
    text = lines.text(line)
    at = lines.starts[line - 1] + len(text.rstrip(b" \t\r\n\f"))
    return Edit(at, lines.starts[line - 1] + len(text.rstrip(b"\r\n")), comment.encode())


def _between_tags(lines: LineIndex, line: int, comment: str) -> Edit:
    said = comment.strip().removeprefix("//").replace("*/", "* /")
    return _above(lines, line, f"{{/*{said} */}}")


def _above(lines: LineIndex, line: int, comment: str) -> Edit:
    text = lines.text(line)
    indent = text[: len(text) - len(text.lstrip(b" \t\f"))]
    at = lines.starts[line - 1]
    return Edit(at, at, indent + comment.strip().encode() + lines.newline)
