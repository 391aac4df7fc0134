"""Gates for rules about calls of certain names: a file that only mentions one stays out."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from cellwall.check.called_places import CALLED, NAMED, is_called, is_word
from cellwall.check.closer_look import CloserLook
from cellwall.check.deferred_pattern import deferred
from cellwall.check.gaps import any_word, places
from cellwall.check.gate import Gate

_DEFINING: Final = deferred(rb"\bdef[ \t]+\Z")
_BEFORE: Final = 120


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
            is_word(source, start, end) and not _DEFINING.search(source[max(0, start - _BEFORE) : start])
            for name in names
            for start, end in places(source, name)
        )

    return CloserLook((any_word(*names),), uses)


@lru_cache(maxsize=64)
def _calls(names: tuple[bytes, ...], *, in_texts: bool) -> CloserLook:
    after = NAMED if in_texts else CALLED

    def calls(source: bytes) -> bool:
        return any(is_called(source, start, end, after) for n in names for start, end in places(source, n))

    return CloserLook((any_word(*names),), calls)
