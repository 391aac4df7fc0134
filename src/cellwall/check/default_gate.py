"""Tells from raw bytes whether a parameter may have a default that can change."""

from typing import Final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.gaps import CLOSED, OPENED
from cellwall.check.lines import BOM
from cellwall.check.shared_names import MAKERS

# Only single characters are repeated possessively: Python before 3.11.5 matches groups that are so wrongly.
_BEGINS: Final = deferred(rb"\n[ \t]*+(?:async[ \t\\\n]++)?def[ \t\\\n]")
# What is looked for instead, since it begins with a word that is rare: with a line before it, or in a text.
_WORD: Final = deferred(rb"def(?<=[\n \t\\]def)[ \t\\\n]")
_TEXT: Final = rb"(?<![\w\"'])(?:\"[^\"\\\n]*+\"|'[^'\\\n]*+')(?![\"'])"
_PLAIN: Final = rb"[^()\"'#]++|" + _TEXT
_NESTED: Final = rb"\((?:" + _PLAIN + rb"|\((?:" + _PLAIN + rb")*\))*\)"
# A head whose end is seen at once: parentheses in one another at most twice, short texts, no comments.
_HEAD: Final = deferred(rb"[ \t\\\n]*+\w++[ \t]*+\(((?:" + _PLAIN + rb"|" + _NESTED + rb")*)\)")
_LITERAL: Final = deferred(b"=" + OPENED + rb"[\[{]")
_MADE: Final = deferred(rb"\b(?:" + "|".join(sorted(MAKERS)).encode() + rb")" + CLOSED + rb"\(")


def has_mutable_default(source: bytes) -> bool:
    """Tell whether a container may stand as a default in the head of a function.

    Where a head's end is not seen at once, all that follows in the file is taken for a part of it.
    """
    if b"\r" in source or b"\f" in source:
        return True
    source = b"\n" + source.removeprefix(BOM)
    for word in _WORD.finditer(source):
        start, end = word.span()
        head = _HEAD.match(source, end)
        text = source[end:] if head is None else head[1]
        if (head is None or b"=" in text) and _makes_container(text) and _begins_line(source, start, end):
            return True
        if head is None and _begins_line(source, start, end):
            return False
    return False


def _begins_line(source: bytes, start: int, end: int) -> bool:
    """Tell whether a `def` and the blank behind it stand first on their line, or behind `async` there."""
    found = _BEGINS.match(source, source.rfind(b"\n", 0, start))
    return found is not None and found.end() == end


def _makes_container(text: bytes) -> bool:
    if (b"[" in text or b"{" in text) and _LITERAL.search(text):
        return True
    return b"(" in text and _MADE.search(text) is not None
