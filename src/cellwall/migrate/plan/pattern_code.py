"""Makes patterns of the code blocks of a section: splits each into what is wrong and what is right."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from cellwall.migrate.plan.blocks import Code, Text
from cellwall.migrate.plan.items import plain
from cellwall.migrate.plan.model import Pattern
from cellwall.migrate.plan.sections import Section
from cellwall.migrate.plan.words import Side, marked_side

_COMMENT = re.compile(r"(?:#+|//+|--)\s*(.*)$")


def patterns(section: Section, *, title: str = "", line: int = 0, otherwise: str = "") -> list[Pattern]:
    """Give the section's patterns, one for each code block.

    A block that shows only the wrong side and one that shows only the right side make one pattern together.

    Args:
        section: where the code blocks stand.
        title: of the patterns; without it, each takes the first comment of its code.
        line: of the patterns; 0 for each block's own.
        otherwise: the title of a block without a comment that could be one.
    """
    found: list[Pattern] = []
    side: Side | None = None
    for block in section.blocks:
        if isinstance(block, Code):
            pattern = _pattern(block, side, title or _comment(block) or otherwise, line)
            if found and _completes(found[-1], pattern):
                pattern = _together(found.pop(), pattern)
            found.append(pattern)
            side = None
        elif isinstance(block, Text):
            side = marked_side(block.text) or side
    return found


@dataclass(slots=True)
class _Part:
    """The lines of one side, and where they start."""

    lines: list[str] = field(default_factory=list)
    line: int = 0

    def add(self, text: str, line: int) -> None:
        if not self.line and text.strip():
            self.line = line
        if self.line:
            self.lines.append(text)

    def extend(self, lines: Iterable[tuple[str, int]]) -> None:
        for text, line in lines:
            self.add(text, line)

    @property
    def text(self) -> str:
        return "\n".join(self.lines).rstrip()


def _pattern(block: Code, side: Side | None, title: str, line: int) -> Pattern:
    before, after = _split(block, side)
    return Pattern(
        title=title,
        before=before.text,
        after=after.text,
        line=line or block.line,
        before_line=before.line,
        after_line=after.line,
        language=block.language,
    )


def _split(block: Code, side: Side | None) -> tuple[_Part, _Part]:
    """Give both sides; lines above the first mark belong to every side that is marked."""
    parts: dict[Side, _Part] = {"before": _Part(), "after": _Part()}
    shared: list[tuple[str, int]] = []
    for number, text in enumerate(block.text.split("\n"), start=block.first):
        comment = _COMMENT.match(text)
        mark = marked_side(comment[1]) if comment else None
        if mark:
            if not parts[mark].line:
                parts[mark].extend(shared)
            side = mark
        elif side:
            parts[side].add(text, number)
        else:
            shared.append((text, number))
    if side is None:
        parts["after"].extend(shared)
    return parts["before"], parts["after"]


def _comment(block: Code) -> str:
    """Give the code's first comment without the word that marks a side, "" when nothing is left of it."""
    found = (_COMMENT.match(text) for text in block.text.split("\n"))
    first = next((comment[1] for comment in found if comment), "")
    if marked_side(first):
        first = re.sub(r"^.*?(?:\s[-\u2013\u2014]\s|:\s|$)", "", first, count=1)
    return plain(first.rstrip(": "))


def _completes(first: Pattern, second: Pattern) -> bool:
    return bool(first.before and not first.after and second.after and not second.before)


def _together(first: Pattern, second: Pattern) -> Pattern:
    return replace(first, after=second.after, after_line=second.after_line)


def title_of(heading: str) -> str:
    """Give a pattern's name from its heading: without a sign, without "Pattern 3:".

    >>> title_of("❌ Pattern 3: One Shared Cart")
    'One Shared Cart'
    """
    bare = re.sub(r"^\W+", "", plain(heading))
    return re.sub(r"^(?:anti-?)?pattern\s*#?[0-9]+\W*", "", bare, flags=re.I) or bare


def sectioned(section: Section, nested: Sequence[Section]) -> list[Pattern]:
    """Give the patterns of a part: each heading below it with its code, and code directly below it."""
    found = patterns(section)
    if not found:
        found = [
            Pattern(text, "", "", block.line)
            for block in section.blocks
            if isinstance(block, Text) and block.starts_item and (text := plain(block.text))
        ]
    for inner in nested:
        shown = patterns(inner, title=title_of(inner.title), line=inner.line)
        found += shown or [Pattern(title_of(inner.title), "", "", inner.line)]
    return found
