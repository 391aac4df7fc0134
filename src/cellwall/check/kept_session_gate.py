"""Tells from a file's bare code whether an opened session may be kept beyond the function around it."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

from cellwall.check.bare_blocks import end_of_block, line_at, outside_functions
from cellwall.check.bare_code import bare_code
from cellwall.check.deferred_pattern import deferred
from cellwall.check.gaps import GAP, places

_NAME: Final = rb"[\w\x80-\xff]+"
_IS: Final = rb"[ )]*(?::|=(?!=))([^\n]*)"
_ON_IT: Final = deferred(rb"[ )]*\. *" + _NAME + _IS)
_GIVEN_OUT: Final = deferred(rb"(?:=(?!=)|\breturn\b|\byield\b)([^\n]*)")
_HEADER: Final = deferred(rb"class\b[^\n]*: *\Z")
_WIDE_FIXTURE: Final = deferred(
    rb"\n *@[^\n]*\bscope *=[^\n]*(?:\n *(?:@[^\n]*)?)*\n( *(?:async +)?def\b[^\n]*)"
)
_WIDE: Final = deferred(rb"scope" + GAP + rb"=(?!\s*[\"']function[\"']\s*[,)])")
_CALLEE: Final = deferred(rb"(" + _NAME + rb"|\)) *\(")
_RE_EXPORTS: Final = deferred(rb"\n([\w\x80-\xff.]+\(\)(?: [\w\x80-\xff.]+\(\))*)(?=\n|\Z)")
_WORD: Final = deferred(rb"[\w\x80-\xff]")
_AS: Final = deferred(rb"\bas\Z")
_DEFINED: Final = deferred(rb"\b(?:class|def)\Z")
_ONLY_USED: Final = deferred(rb" *(?:[(.\[]|[ )\]}]*(?:\n|\Z))")
_IMPORT: Final = deferred(rb" *(?:from|import)\b[^\n;]*(?:\n|\Z)")
_KEYWORDS: Final = (
    b"and", b"assert", b"await", b"elif", b"else", b"except", b"for", b"if", b"import", b"in", b"is",
    b"lambda", b"not", b"or", b"return", b"while", b"with", b"yield",
)  # fmt: skip
_FAR: Final = 100
_MOST: Final = 500  # names that are looked for in the whole file


@lru_cache(maxsize=8)
def may_keep_what_is_called(names: tuple[bytes, ...]) -> Callable[[bytes], bool]:
    """Ask whether what a call of one of these names gives may be kept.

    That is, on `self` or `cls`, by the module or a class, or by a fixture with a scope of its own. A name
    that the file gives to something by itself may stand for one of them, and so may the result of a call.
    """
    wanted = frozenset(names)

    def may_keep(source: bytes) -> bool:
        bare = bare_code(source)
        if bare is None:
            return True
        code = b"\n" + bare
        known: dict[bytes, bool] = dict.fromkeys(_KEYWORDS, False)
        known.update(dict.fromkeys(wanted, True))
        kept = _kept(code, by_fixture=_WIDE.search(source) is not None)
        return _names_re_export(code, wanted) or any(_may_open(code, value, known) for value in kept)

    return may_keep


def _kept(code: bytes, *, by_fixture: bool) -> Iterator[bytes]:
    """Give the lines, or their ends, in which a value may be kept."""
    for owner in (b"self", b"cls"):
        for _, end in places(code, owner):
            found = _ON_IT.match(code, end)
            if found is not None:
                yield found[1]
    if b"global" in code:
        yield code
    yield from (line.partition(b"=")[2] for line in outside_functions(code) if not _HEADER.match(line))
    for fixture in _WIDE_FIXTURE.finditer(code) if by_fixture else ():
        yield from _GIVEN_OUT.findall(
            code, fixture.start(1), end_of_block(code, fixture.start(1), fixture.end())
        )


def _may_open(code: bytes, value: bytes, known: dict[bytes, bool]) -> bool:
    for name in _CALLEE.findall(value):
        if name not in known:
            known[name] = name == b")" or len(known) > _MOST or _may_be_given(code, name)
        if known[name]:
            return True
    return False


def _may_be_given(code: bytes, name: bytes) -> bool:
    """Tell whether a name may be that of a variable, an argument or an attribute that is set."""
    return any(not _is_only_used(code, start, end) for start, end in places(code, name))


def _is_only_used(code: bytes, start: int, end: int) -> bool:
    """Tell whether something is called or taken from it, the statement ends with it, or makes it."""
    if code.startswith(b"(", end) or _WORD.match(code, end) or _WORD.match(code, start - 1):
        return True  # called, or a part of another name
    before = code[max(0, start - _FAR) : start].rstrip(b" ")
    if not before or _AS.search(before):
        return False
    if _ONLY_USED.match(code, end) or _DEFINED.search(before):
        return True
    return _IMPORT.match(code, line_at(code, start)[0]) is not None


def _names_re_export(code: bytes, names: frozenset[bytes]) -> bool:
    """Tell whether names of other files stand for one of these: `GatedSource` adds what they stand for."""
    calls = (call for line in _RE_EXPORTS.findall(code) for call in line.split())
    return any(call[:-2].rpartition(b".")[2] in names for call in calls)
