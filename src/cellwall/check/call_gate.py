"""Gates for rules about calls of certain names: a file that only mentions one stays out."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from cellwall.check.closer_look import CloserLook
from cellwall.check.deferred_pattern import deferred
from cellwall.check.gaps import CLOSED, any_word, places
from cellwall.check.gate import Gate

# Behind a keyword of a mock it is the shape of the mock, and is not called.
_GIVEN: Final = deferred(rb"(?<!spec)(?<!spec_set)(?:=|\b(?:or|else)\b)[\s\\(]*+(?:[\w.)]*\.)?\Z")
_CALLED: Final = deferred(CLOSED + rb"(?:\(|as\b)|\s*\\")
_NAMED: Final = deferred(CLOSED + rb"(?:\(|as\b)|\s*\\|[\"']")
_WORD: Final = deferred(rb"\w")
_INDEXED: Final = deferred(rb"[ \t]*+\[")
_ODD: Final = deferred(rb"[\s\\)]*+(?:#[^\r\n]*+[\r\n])?(\.)[\s\\(]*+|#[^\r\n]*+[\r\n]")
_DEFINING: Final = deferred(rb"\bdef[ \t]+\Z")
_BEFORE: Final = 120
_BLANK: Final = b" \t\f\r\n\\("


def calls_one_of(names: Iterable[str], *, mentioned: Iterable[str] = (), in_texts: bool = False) -> Gate:
    """Let through files that may call something with one of these last names, under whatever name.

    That is where a name is followed by its arguments, imported under another name, or given to a variable.
    With `in_texts` texts that end with one count too, for what `patch` is given; those of `mentioned` count
    wherever they stand.
    """
    found = tuple(sorted({name.rpartition(".")[2].encode() for name in names}))
    anywhere = tuple(name.encode() for name in mentioned)
    spelled = Gate.any_of(*found, *anywhere)
    return spelled & Gate.any_of(*anywhere, _calls(found, in_texts=in_texts))


def uses_one_of(names: Iterable[str]) -> Gate:
    """Let through files where one of these last names is a whole word, and not only where it is defined."""
    found = tuple(sorted({name.rpartition(".")[2].encode() for name in names}))
    return Gate.any_of(*found) & Gate.any_of(_uses(found))


@lru_cache(maxsize=64)
def _uses(names: tuple[bytes, ...]) -> CloserLook:
    def uses(source: bytes) -> bool:
        return any(
            _is_word(source, start, end) and not _DEFINING.search(source[max(0, start - _BEFORE) : start])
            for name in names
            for start, end in places(source, name)
        )

    return CloserLook((any_word(*names),), uses)


@lru_cache(maxsize=64)
def _calls(names: tuple[bytes, ...], *, in_texts: bool) -> CloserLook:
    after = _NAMED if in_texts else _CALLED

    def calls(source: bytes) -> bool:
        return any(_is_called(source, start, end, after) for n in names for start, end in places(source, n))

    return CloserLook((any_word(*names),), calls)


def _is_called(source: bytes, start: int, end: int, after: re.Pattern[bytes]) -> bool:
    if not _is_word(source, start, end):
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


def _is_word(source: bytes, start: int, end: int) -> bool:
    """Tell whether a name stands for itself, and is no part of a longer one."""
    return not (_WORD.match(source, end) or (start and _WORD.match(source, start - 1)))
