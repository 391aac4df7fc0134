"""Tells from raw bytes whether a call gets anything but literals beside one of its arguments: for gates."""

from typing import Final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.gaps import GAP, OPENED

_FARTHEST: Final = 2000
_DEEPEST: Final = 20
_TEXT: Final = rb"\"\"\"|'''|\"[^\"\\\n]*\"|'[^'\\\n]*'|[\"']"
_BACK: Final = deferred(rb"[()\[\]{}#\\]|" + _TEXT)
_ON: Final = deferred(rb"[()\[\]{},]|#[^\r\n]*|" + _TEXT)
_BEGIN: Final = deferred(OPENED + rb"(?:[\w\x80-\xff]++" + GAP + rb"=(?!=)" + OPENED + rb")?")
_LITERAL: Final = deferred(rb"[rRuUbBfF]{0,2}[\"']|[\d\[{.)]|-[ \t]*\d|(?:None|True|False)\s*[,)]|\Z")
_FIELDS: Final = deferred(rb"[^{}]*(?:\{[^{}]*\}[^{}]*)*\Z")  # no text in one is seen as its end
_PREFIX: Final = (b"f", b"F", b"t", b"T", b"r", b"R")


def gives_other_values(source: bytes, at: int) -> bool:
    """Tell whether the call whose argument stands there may get anything named, or else a `context`."""
    start = _bracket_before(source, at)
    if start is None:
        return True
    depth, begins = 0, [start + 1]
    for found in _ON.finditer(source, start + 1, start + _FARTHEST):
        sign = found[0]
        if sign in (b"(", b"[", b"{"):
            depth += 1
            if depth > _DEEPEST:
                return True
        elif sign in (b")", b"]", b"}"):
            depth -= 1
            if depth < 0:
                inside = source[start + 1 : found.start()]
                return b"context" in inside or any(_is_value(source, begin) for begin in begins)
        elif sign == b",":
            begins += [found.end()] if not depth else []
        elif _may_hide(source, found.start(), sign):
            return True
    return True


def _is_value(source: bytes, begin: int) -> bool:
    found = _BEGIN.match(source, begin)
    return not _LITERAL.match(source, found.end() if found is not None else begin)


def _bracket_before(source: bytes, at: int) -> int | None:
    """Give the bracket in which an argument stands; None where a text or a comment may hide it."""
    before = source[max(0, at - _FARTHEST) : at]
    depth = 0
    for found in _BACK.finditer(before[::-1]):
        sign = found[0]
        if sign in (b")", b"]", b"}"):
            depth += 1
        elif sign in (b"(", b"[", b"{"):
            depth -= 1
            if depth < 0:
                place = len(before) - found.end()
                line = before[before.rfind(b"\n", 0, place) + 1 : place]
                hidden = sign != b"(" or any(odd in line for odd in (b"#", b'"', b"'", b"\\"))
                return None if hidden else at - found.end()
        elif sign in (b"#", b"\\") or _may_hide(before, len(before) - found.end(), sign[::-1]):
            return None
    return None


def _may_hide(source: bytes, start: int, sign: bytes) -> bool:
    """Tell whether it is a text over several lines, or one that goes on behind a quote inside of it."""
    if sign in (b'"', b"'", b'"""', b"'''"):
        return True
    return sign[:1] != b"#" and source[max(0, start - 1) : start] in _PREFIX and not _FIELDS.match(sign)
