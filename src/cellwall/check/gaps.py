"""What may stand between words that belong together, for gates: they ask whatever way a file is laid out.

Only single characters are repeated possessively: Python before 3.11.5 matches groups that are so wrongly.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from cellwall.check.closer_look import CloserLook
from cellwall.check.deferred_pattern import deferred

GAP: Final = rb"(?:[\s\\]++|#[^\r\n]*+)*"  # what may stand between two words of an expression
CLOSED: Final = rb"(?:[\s\\)]++|#[^\r\n]*+)*"  # and where the first may stand in parentheses
OPENED: Final = rb"(?:[\s\\(]++|#[^\r\n]*+)*"  # and where the second may
GOES_ON_BELOW: Final = rb":(?:[^\n=\[]*\[[^\]\n=]*|[^\n=]*\\)\n"  # an annotation that is longer than its line
# Texts that end, with `re.DOTALL`. An f-string with its own quotes inside is three, and ends where it does.
TEXTS: Final = tuple(
    text.replace(b"Q", quote)
    for quote in (b'"', b"'")
    for text in (
        rb"QQQ[^Q\\]*(?:(?:\\.|Q(?!QQ))[^Q\\]*)*QQQ",
        rb"Q(?!QQ)[^Q\\\n]*(?:\\.[^Q\\\n]*)*Q",
    )
)
ASYNC_BLOCK: Final = (b"async for", b"async with", deferred(rb"async[\s\\]++(?:for|with)"))
TEST: Final = (b"def test", deferred(rb"def[\s\\]++test"))
_BLANK: Final = b" \t\f\r\n\\"
_BEFORE: Final = (b".", b" ", b"\t", b"\n", b"\r", b"\f")
_FAR: Final = 200


def before_name(word: bytes) -> tuple[bytes, ...]:
    """Give how a word of the language stands before a name: a blank follows, or the line goes on below."""
    return tuple(word + blank for blank in (b" ", b"\t", b"\f", b"\\"))


def followed_by(name: bytes, start: bytes) -> "re.Pattern[bytes]":
    """Give the pattern of a name and what begins behind it, white space and comments left out."""
    return deferred(name + CLOSED + start)


def any_word(*names: bytes) -> "re.Pattern[bytes]":
    """Give the pattern of names that are no parts of longer ones."""
    return deferred(rb"\b(?:" + b"|".join(map(re.escape, names)) + rb")\b")


def given_more_than_a_text(name: bytes) -> "re.Pattern[bytes]":
    """Give the pattern of a name that is not called, or not without arguments, nor with one plain text alone.

    So `encode` of a token is told from that of a text: `text.encode()` and `text.encode("ascii")` stay out.
    """
    ends = rb"[ \t\f\v\\)]*+(?:#[^\r\n]*+)?(?:[\r\n]|\Z)"  # what comes next may be a statement of its own
    other = ends + rb"|[^\w\s\\)#(]|[\s\\)#]" + CLOSED + rb"[^\s\\)#(]"
    text = rb"[rRbBuU]{0,2}(?:\"[^\"\\\n]*\"|'[^'\\\n]*')" + GAP + rb"[^\s\\#)]"
    odd = rb"[rRbBuU]{0,2}(?:\"(?:[^\"\\\n]*[\\\n]|\"\")|'(?:[^'\\\n]*[\\\n]|''))"
    given = rb"[^\s\\#)\"'rRbBuU]|[rRbBuU]{1,2}[^\"'rRbBuU]|[rRbBuU]{3}"
    called = CLOSED + rb"\(" + GAP + rb"(?:" + b"|".join([given, text, odd]) + rb")"
    return deferred(name + rb"(?<!\w" + name + rb")(?:" + other + rb"|" + called + rb")")


def places(source: bytes, name: bytes) -> Iterator[tuple[int, int]]:
    """Give where a name starts and ends, parts of longer names included."""
    start = source.find(name)
    while start >= 0:
        yield start, start + len(name)
        start = source.find(name, start + len(name))


@lru_cache(maxsize=64)
def in_any_case(*words: bytes) -> CloserLook:
    """Ask for words of small letters in whatever letters: a tenth of what a pattern without case costs."""

    def stands(source: bytes) -> bool:
        text = source.lower()
        return any(word in text for word in words)

    return CloserLook((deferred(b"|".join(map(re.escape, words)), re.IGNORECASE),), stands)


@lru_cache(maxsize=64)
def member(*names: bytes) -> CloserLook:
    """Ask whether an attribute of something may begin with one of these names."""
    return _behind_dot(names, b"")


@lru_cache(maxsize=64)
def member_written(*names: bytes) -> CloserLook:
    """Ask whether an attribute of one of these names may be set, or changed as a dictionary is."""
    changed = rb"=(?!=)|\[|\." + GAP + rb"(?:update|set|setdefault)\b"
    return _behind_dot(names, CLOSED + rb"(?:" + changed + rb")")


@lru_cache(maxsize=64)
def method_called(*names: bytes) -> CloserLook:
    """Ask whether a method of one of these names may be called."""
    return _behind_dot(names, CLOSED + rb"\(")


@lru_cache(maxsize=64)
def first_text_begins(start: bytes) -> CloserLook:
    """Ask whether the first argument of something may be a text that begins so."""

    def stands(source: bytes) -> bool:
        return any(
            _follows(b"(", source, at, _BLANK + b"\"'rRuU")
            for quote in (b'"', b"'")
            for at, _ in places(source, quote + start)
        )

    return CloserLook((b'"' + start, b"'" + start), stands)


def before_gap(source: bytes, end: int, gap: bytes = _BLANK) -> bytes | None:
    """Give what stands before a gap that ends there; None where a comment, or too much, may hide it."""
    before = source[max(0, end - _FAR) : end]
    word = before.rstrip(gap)
    if b"\n" in before[len(word) :] or b"\r" in before[len(word) :]:
        line = max(word.rfind(b"\n"), word.rfind(b"\r")) + 1
        if b"#" in word[line:] or (line == 0 and end > _FAR):
            return None
    return word or None


def _follows(sign: bytes, source: bytes, end: int, gap: bytes = _BLANK) -> bool:
    """Tell whether the sign stands before a gap that ends there, or may do so."""
    before = before_gap(source, end, gap)
    return before is None or before.endswith(sign)


def _behind_dot(names: tuple[bytes, ...], after: bytes) -> CloserLook:
    """Look for the names, then for the dot before each: there are more dots than names."""
    patterns = tuple(deferred(name + after) for name in names)

    def stands(source: bytes) -> bool:
        return any(
            source[start - 1 : start] in _BEFORE  # most are parts of words, or follow a bracket
            and _follows(b".", source, start)
            for pattern in patterns
            for start in (found.start() for found in pattern.finditer(source))
        )

    return CloserLook((deferred(rb"(?:" + b"|".join(names) + rb")" + after),), stands)
