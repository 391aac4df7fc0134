"""Tells from raw bytes whether a parameter may have a default that can change."""

from typing import Final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.gaps import CLOSED, OPENED
from cellwall.check.lines import BOM
from cellwall.check.shared_names import MAKERS

# Only single characters are repeated possessively: Python before 3.11.5 matches groups that are so wrongly.
_BEGINS: Final = deferred(rb"\n[ \t]*+(?:async[ \t\\\n]++|)def[ \t\\\n]")
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
    for begin in _BEGINS.finditer(source):
        head = _HEAD.match(source, begin.end())
        if head is None:
            return _makes_container(source[begin.end() :])
        if b"=" in head[1] and _makes_container(head[1]):
            return True
    return False


def _makes_container(text: bytes) -> bool:
    if (b"[" in text or b"{" in text) and _LITERAL.search(text):
        return True
    return b"(" in text and _MADE.search(text) is not None  # most defaults have no bracket at all
