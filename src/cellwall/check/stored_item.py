"""Tells from raw bytes whether an item may be set or deleted, or an attribute emptied: for gates."""

from functools import lru_cache
from typing import Final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.gaps import CLOSED, OPENED, before_gap

_FARTHEST: Final = 2000
_DEEPEST: Final = 20
_LONGEST_NAME: Final = 100
_BLANK: Final = b" \t\f\r\n\\(["
_COMPARING: Final = (b"<", b">", b"<=", b">=", b"==", b"!=")
_SIGN: Final = deferred(rb"[()\[\]{}#]|\"\"\"|'''|\"[^\"\\\n]*\"|'[^'\\\n]*'|[\"']")
_PREFIX: Final = b"fFtTrR"
_OPENING: Final = b"([{"
_CLOSING: Final = b")]}"
# What may follow an item to which something is given, alone or as one of several, and what follows in a loop
# or in a block: `in` and `:` stand behind most others too.
_SET: Final = deferred(
    rb"(?:[\s\\)\]]++|#[^\r\n]*+)*(?:=(?!=)|(?:[-+%&|^@]|//?|\*\*?|<<|>>)=|:(?![ \t]*(?:#[^\n]*)?\n)"
    rb"|,(?:[ \t]*(?:#[^\n]*)?\n|[^\n]*?(?:=(?!=)|\bin\b|:|[(\[{,\\][ \t]*(?:#[^\n]*)?\n)))"
)
_IN_BLOCK: Final = deferred(CLOSED + rb"(?:in\b|:)")
_DELETES: Final = deferred(rb"del(?<!\wdel)\b")
_EMPTY: Final = deferred(OPENED + rb"(?:None\b|[\[{]" + OPENED + rb"[\[\]{}])")
_PART: Final = deferred(_SIGN.pattern + rb"|[;\n]|\\\r?\n|[=!<>:]?=")
_WORD_BEFORE: Final = deferred(rb"[\w\x80-\xff.]*\Z")


def may_store(source: bytes, start: int, bracket: int) -> bool:
    """Tell whether an item may be set or deleted: its owner begins at `start`, its key at `bracket`."""
    end = past_bracket(source, bracket)
    before = before_gap(source, start, _BLANK)
    if before is not None and before.endswith(_COMPARING):
        return False
    if end is None or _SET.match(source, end):
        return True
    if before is None or before.endswith(b"del"):
        return True
    if before.endswith((b",", b"*")):
        return _IN_BLOCK.match(source, end) is not None or _deletes(source)
    return before.endswith((b"for", b"as")) and _IN_BLOCK.match(source, end) is not None


@lru_cache(maxsize=1)
def _deletes(source: bytes) -> bool:
    return _DELETES.search(source) is not None


def owner_start(source: bytes, dot: int) -> int:
    """Give where the name before a dot begins, that and the names before it being written in one piece."""
    found = _WORD_BEFORE.search(source[max(0, dot - _LONGEST_NAME) : dot])
    return dot - len(found[0]) if found is not None else dot


def past_bracket(source: bytes, start: int) -> int | None:
    """Give where the bracket ends that begins at `start`; None where a text or a comment may hide it."""
    depth = 0
    for found in _SIGN.finditer(source, start, start + _FARTHEST):
        sign = found[0]
        if sign in _OPENING:
            depth += 1
            if depth > _DEEPEST:
                return None
        elif sign in _CLOSING:
            depth -= 1
            if not depth:
                return found.end()
        elif _may_hide(source, found.start(), sign):
            return None
    return None


def _may_hide(source: bytes, start: int, sign: bytes) -> bool:
    """Tell whether it is a comment or a text over several lines, or one that goes on behind a quote in it."""
    if sign in (b"#", b'"', b"'", b'"""', b"'''"):
        return True
    return b"{" in sign and source[start - 1 : start] in _PREFIX


def may_empty(source: bytes, start: int) -> bool:
    """Tell whether what is given by the `=` before `start` may be None or empty, to whatever else besides."""
    if _EMPTY.match(source, start):
        return True
    depth = 0
    for found in _PART.finditer(source, start, start + _FARTHEST):
        sign = found[0]
        if sign in _OPENING:
            depth += 1
            if depth > _DEEPEST:
                return True
        elif sign in _CLOSING:
            depth -= 1
        elif sign == b"=":
            if not depth and _EMPTY.match(source, found.end()):
                return True
        elif depth <= 0 and sign in (b"\n", b";", b"#"):
            return False
        elif _may_hide(source, found.start(), sign):
            return True
    return len(source) > start + _FARTHEST
