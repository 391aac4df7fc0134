"""Suppressions: `# cellwall: allow[rule-name] reason` behind a line or statement, or alone above it."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from cellwall.check.deferred_pattern import deferred
from cellwall.check.finding import Finding
from cellwall.check.logical_lines import LogicalLines, comments_and_lines

MARK: Final = b"cellwall:"
_COMMENT: Final = deferred(r"#\s*cellwall:\s*allow\[([^\]#]*)\]\s*(.*)")  # no list goes on past another "#"


class Suppression(NamedTuple):
    """One comment: where it stands, which line it is about, which rules it names, and why.

    Attributes:
        line, column: where the comment starts; the line from 1, the column in characters from 0.
        target, last: the first and the last line whose findings it silences.
        names: names or codes of rules, as they were spelled.
        reason: "" where none is given.
        alone: whether nothing else stands on its line.
        text: the whole comment.
    """

    line: int
    column: int
    target: int
    last: int
    names: tuple[str, ...]
    reason: str
    alone: bool
    text: str


def suppressions_in(source: bytes) -> tuple[Suppression, ...]:
    """Give the suppressions of a file, by line; none for one that cannot be split into tokens."""
    if MARK not in source:
        return ()
    comments, lines = comments_and_lines(source)
    found = [one for comment in comments if (one := suppression_of(*comment))]
    return tuple(_about_statements(one, lines) for one in below_each_other(found))


def below_each_other(found: Sequence[Suppression]) -> tuple[Suppression, ...]:
    """Give each comment the line that it is about, where several of them stand above one."""
    below: dict[int, int] = {}  # the line of a comment that stands alone -> the first line below that is none
    for line in sorted({one.line for one in found if one.alone}, reverse=True):
        below[line] = below.get(line + 1, line + 1)
    targets = [below.get(one.target, one.target) for one in found]
    return tuple(one._replace(target=target, last=target) for one, target in zip(found, targets, strict=True))


def _about_statements(one: Suppression, lines: LogicalLines) -> Suppression:
    """Let a comment above a statement, or behind its end, be about all of its lines, a body's left out."""
    if one.alone:
        return one._replace(last=lines.last_of(one.target))
    return one._replace(target=lines.first_of(one.line))


def silence(
    findings: Sequence[Finding], suppressions: Sequence[Suppression], *, reasons_required: bool
) -> tuple[tuple[Finding, ...], frozenset[tuple[Suppression, str]]]:
    """Mark the findings that a comment silences, and give which names of which comments were of use."""
    used: set[tuple[Suppression, str]] = set()
    by_place = {
        (line, name): one
        for one in sorted(suppressions, key=lambda one: one.target - one.last)  # the narrower ones last
        for line in range(one.target, one.last + 1)
        for name in one.names
        if one.reason or not reasons_required
    }

    def marked(finding: Finding) -> Finding:
        for name in (finding.rule, finding.code):
            one = by_place.get((finding.line, name))
            if one is not None:
                used.add((one, name))
                return finding._replace(suppressed=one.reason)
        return finding

    return tuple(marked(finding) for finding in findings), frozenset(used)


def suppression_of(line: int, column: int, alone: bool, text: str) -> Suppression | None:
    """Read one comment, which begins with `#`, or what stands in it behind another one (`# noqa # ...`)."""
    match = _COMMENT.search(text)
    if match is None:
        return None
    names = tuple(name.strip() for name in match.group(1).split(","))
    target, start = (line + 1 if alone else line), match.start()
    return Suppression(
        line, column + start, target, target, names, match.group(2).strip(), alone, text[start:]
    )
