"""Tells from the bytes around a name whether it may be called there, under whatever name."""

import re
from typing import Final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.gaps import CLOSED

# Behind a keyword of a mock it is the shape of the mock, and is not called.
_GIVEN: Final = deferred(rb"(?<!spec)(?<!spec_set)(?:=|\b(?:or|else)\b)[\s\\(]*+(?:[\w.)]*\.)?\Z")
# What follows a name that is called, or imported under another one; or that ends a text, for `patch`.
CALLED: Final = deferred(CLOSED + rb"(?:\(|as\b)|\s*\\")
NAMED: Final = deferred(CLOSED + rb"(?:\(|as\b)|\s*\\|[\"']")
_WORD: Final = deferred(rb"\w")
_INDEXED: Final = deferred(rb"[ \t]*+\[")
_ODD: Final = deferred(rb"[\s\\)]*+(?:#[^\r\n]*+[\r\n])?(\.)[\s\\(]*+|#[^\r\n]*+[\r\n]")
_BEFORE: Final = 120
_BLANK: Final = b" \t\f\r\n\\("


def is_called(source: bytes, start: int, end: int, after: re.Pattern[bytes]) -> bool:
    """Tell whether a name that stands from `start` to `end` may be called; `after` is `CALLED` or `NAMED`.

    So may what is given to a variable, or imported under another name.
    """
    if not is_word(source, start, end):
        return False
    if after.match(source, end):
        return True
    if _INDEXED.match(source, end):
        return False
    before = source[max(0, start - _BEFORE) : start]
    if _GIVEN.search(before):
        return True
    tail = before.rstrip(_BLANK)  # most stand alone, behind a word or a comma
    is_odd = tail[-1:] == b"." or b"#" in tail[tail.rfind(b"\n") + 1 :]
    return is_odd and _GIVEN.search(_ODD.sub(rb"\1", before)) is not None


def is_word(source: bytes, start: int, end: int) -> bool:
    """Tell whether a name stands for itself, and is no part of a longer one."""
    return not (_WORD.match(source, end) or (start and _WORD.match(source, start - 1)))
