"""Suppressions: `# cellwall: allow[rule-name] reason` on a finding's line or on the line above it."""

import io
import re
import tokenize
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from cellwall.check.finding import Finding

MARK: Final = b"cellwall:"
_COMMENT: Final = re.compile(r"#\s*cellwall:\s*allow\[([^\]]*)\]\s*(.*)")


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment: where it stands, which line it is about, which rules it names, and why.

    Attributes:
        line, column: where the comment starts; the line from 1, the column in characters from 0.
        target: the line whose findings it silences.
        names: names or codes of rules, as they were spelled.
        reason: "" where none is given.
        alone: whether nothing else stands on its line.
        text: the whole comment.
    """

    line: int
    column: int
    target: int
    names: tuple[str, ...]
    reason: str
    alone: bool
    text: str


def suppressions_in(source: bytes) -> tuple[Suppression, ...]:
    """Give the suppressions of a file, by line; none for one that cannot be split into tokens."""
    if MARK not in source:
        return ()
    return below_each_other([one for comment in _comments(source) if (one := suppression_of(*comment))])


def below_each_other(found: Sequence[Suppression]) -> tuple[Suppression, ...]:
    """Give each comment the line that it is about, where several of them stand above one."""
    alone = {one.line: one for one in found if one.alone}
    return tuple(replace(one, target=_below(one.target, alone)) for one in found)


def silence(
    findings: Sequence[Finding], suppressions: Sequence[Suppression], *, reasons_required: bool
) -> tuple[tuple[Finding, ...], frozenset[tuple[Suppression, str]]]:
    """Mark the findings that a comment silences, and give which names of which comments were of use."""
    used: set[tuple[Suppression, str]] = set()
    by_place = {
        (one.target, name): one
        for one in suppressions
        for name in one.names
        if one.reason or not reasons_required
    }

    def marked(finding: Finding) -> Finding:
        for name in (finding.rule, finding.code):
            one = by_place.get((finding.line, name))
            if one is not None:
                used.add((one, name))
                return replace(finding, suppressed=one.reason)
        return finding

    return tuple(marked(finding) for finding in findings), frozenset(used)


def suppression_of(line: int, column: int, alone: bool, text: str) -> Suppression | None:
    """Read one comment, which begins with `#`; None for any other comment."""
    match = _COMMENT.match(text)
    if match is None:
        return None
    names = tuple(name.strip() for name in match.group(1).split(","))
    target = line + 1 if alone else line
    return Suppression(line, column, target, names, match.group(2).strip(), alone, text)


def _below(target: int, alone: dict[int, Suppression]) -> int:
    """Give the line that a comment is about where several of them stand above it."""
    while target in alone:
        target += 1
    return target


def _comments(source: bytes) -> Iterable[tuple[int, int, bool, str]]:
    """Give line, column, whether nothing stands before it, and text of each real comment (not of strings)."""
    try:
        for token in tokenize.tokenize(io.BytesIO(source).readline):
            if token.type == tokenize.COMMENT:
                line, column = token.start
                yield line, column, not token.line[:column].strip(), token.string
    except (tokenize.TokenError, SyntaxError, UnicodeError):
        return
