"""Tells from raw bytes whether a file may share an object that is changed: `module_state` for gates."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from cellwall.check import shared_names
from cellwall.check.closer_look import CloserLook
from cellwall.check.deferred_pattern import deferred
from cellwall.check.function_above import function_above
from cellwall.check.gaps import CLOSED, GAP, GOES_ON_BELOW, before_gap, places
from cellwall.check.gate import Token
from cellwall.check.lines import BOM
from cellwall.check.module_state import CHANGING, MAKERS, SET_UP
from cellwall.check.stored_item import may_empty, may_store, owner_start

_NAME: Final = rb"[\w\x80-\xff]++"
_LINE: Final = rb"[^\n]{0,200}"  # as far as a line is looked at: where it goes on, anything may stand there
# What follows the name of an object that can change where it is defined: a literal, what begins in
# parentheses or goes on in the next line, a call of a maker, or a chain of calls that ends further down.
_DEFINITION: Final = (
    CLOSED
    + rb"(?::"
    + _LINE
    + rb"?)?=(?!=)[ \t]*(?:[\[{(\\]|"
    + _LINE
    + rb"\b(?:"
    + "|".join(sorted(MAKERS | shared_names.MAKERS)).encode()
    + rb")[ \t]*\(|"
    + _LINE
    + rb"[(\[{,\\][ \t]*(?:#[^\n]*)?\n|[^\n]{200})|"
    + CLOSED
    + rb":[^\n]{200}|"
    + CLOSED
    + GOES_ON_BELOW
)
_CHANGING: Final = rb"(?:" + "|".join(sorted(CHANGING | shared_names.CHANGING)).encode() + rb")\b"
_CHANGE: Final = CLOSED + rb"(?:\[|\." + GAP + _CHANGING + CLOSED + rb"\()"
_DEFINED: Final = deferred(_DEFINITION)
_CHANGED: Final = deferred(_CHANGE)
# With a look at what follows, twice: most lines are indented, and most of the rest go on with another word.
_DEFINED_AT_MARGIN: Final = deferred(
    rb"\n(?=[\w\x80-\xff(])(?:\([ \t(]*)?(" + _NAME + rb")(?=[\s\\)]*+[#=:])(?:" + _DEFINITION + rb")"
)
_DEFINED_AFTER: Final = deferred(rb";[\s\\]*+(" + _NAME + rb")(?:" + _DEFINITION + rb")")
# `GAP` and `CLOSED` for places where most often none is: an empty branch costs less than a repeated group.
_RARE_GAP: Final = rb"[\s\\]*+(?:#[^\r\n]*+" + GAP + rb"|)"
_RARE_CLOSED: Final = rb"[\s\\)]*+(?:#[^\r\n]*+" + CLOSED + rb"|)"
_ATTRIBUTE_CHANGED: Final = deferred(
    rb"\." + _RARE_GAP + rb"(" + _NAME + rb")" + _RARE_CLOSED + rb"(?:\[|\." + _RARE_GAP + _CHANGING + rb")"
)
_CLASS: Final = deferred(rb"class[\s\\]++(" + _NAME + rb")")
_PRIVATE_RESET: Final = deferred(
    rb"\.(?=[_\s\\#])"
    + _RARE_GAP
    + rb"_(?!_)[\w\x80-\xff]*+"
    + _RARE_CLOSED
    + rb"(?:\."
    + GAP
    + rb"clear\b|=(?!=))"
)
_SET_UP: Final = deferred(rb"def" + GAP + rb"(?:" + "|".join(sorted(SET_UP)).encode() + rb")\b")
# A test with the blanks before it, where it is the first on its line.
_TEST: Final = deferred(rb"(?:\\\n[ \t]*+|\n([ \t]*+))(?:async[\s\\]++)?def[\s\\]++test")
_UNSEEN: Final = -1
_WORD: Final = deferred(_NAME)
_PART: Final = deferred(rb"[\w.]")
_RENAMED: Final = deferred(rb"as(?<!\was)(?=[\s\\#])" + GAP + rb"(" + _NAME + rb")")
_GIVEN: Final = deferred(GAP + rb":|" + CLOSED + rb"=(?!=)")
_BLOCK: Final = deferred(
    rb"(?:async\s|def\s|else\b|try\b|finally\b|(?:if|elif|for|while|with|except)\b).*:[ \t]*(?:#.*)?\Z"
)
_DEEPEST: Final = 100
_FARTHEST: Final = 1000  # lines above: further up is not looked for what a statement belongs to
_MANY: Final = 500  # statements behind others on their lines: each is looked at from there on
_BEHIND_WORD: Final = (b" ", b"\t", b"\f", b"\\")
_BEFORE: Final = (b" ", b"\t", b"\n", b";", b":", b"(", b"")
_ENDS: Final = (b"\n", b";", b":", b"")  # what stands before a statement; "" where it is further away
_LONGEST_NAME: Final = 100
_BLANK: Final = b" \t\n\v\\"


def _has_many_statements(source: bytes) -> bool:
    """Tell whether lines hold too many statements to look at each."""
    return source.count(b";") > _MANY


def _declares_global(source: bytes) -> bool:
    return any(
        source[end : end + 1] in _BEHIND_WORD and _begins_statement(source, start)
        for start, end in places(source, b"global")
    )


def _changes_container(source: bytes) -> bool:
    return any(_is_changed(source, name) for name in _defined_at_top(source))


def _changes_container_of_class(source: bytes) -> bool:
    return any(_is_defined(source, name) for name in set(_ATTRIBUTE_CHANGED.findall(source)))


def _changes_own_class(source: bytes) -> bool:
    names = _attributes_changed(source) if b"class" in source else ()
    return any(_is_defined(source, name, of_tests=True) for name in names)


def _defined_at_top(source: bytes) -> set[bytes]:
    found = set(_DEFINED_AT_MARGIN.findall(b"\n" + source.removeprefix(BOM)))
    return found | set(_DEFINED_AFTER.findall(source)) if b";" in source else found


def _attributes_changed(source: bytes) -> set[bytes]:
    """Give the attributes of self, cls or a class of the file that are changed."""
    names: set[bytes] = set()
    others: list[tuple[bytes, re.Match[bytes]]] = []
    for found in _ATTRIBUTE_CHANGED.finditer(source):
        if found[1] not in names:
            owner = _owner(source, found.start(), _BLANK + b")")
            if owner is not None and owner not in {b"self", b"cls"}:
                others.append((owner, found))
            elif _is_change(source, found):
                names.add(found[1])
    classes = frozenset(_CLASS.findall(source) if others else ())
    return names.union(found[1] for owner, found in others if owner in classes and _is_change(source, found))


def _is_change(source: bytes, found: "re.Match[bytes]") -> bool:
    """Tell whether an attribute is not only asked for an item."""
    end = found.end()
    return source[end - 1 : end] != b"[" or may_store(source, owner_start(source, found.start()), end - 1)


def _is_changed(source: bytes, name: bytes) -> bool:
    return any(
        source[found.end() - 1 : found.end()] != b"[" or may_store(source, start, found.end() - 1)
        for start, end in places(source, name)
        if (found := _CHANGED.match(source, end)) is not None
    )


def _is_defined(source: bytes, name: bytes, *, of_tests: bool = False) -> bool:
    """Tell whether a statement in a class defines the name, in one with tests if only those count."""
    return any(
        source[start - 1 : start] in _BEFORE  # most follow a dot
        and _DEFINED.match(source, end)
        and _begins_statement(source, start)
        and not _stands_in_function(source, start)
        and (not of_tests or _has_test_beside(source, start))
        for start, end in places(source, name)
    )


def _has_test_beside(source: bytes, start: int) -> bool:
    """Tell whether a test may be in the same block as a statement: it is as deep."""
    above = source.rfind(b"\n", 0, start)
    if source[above + 1 : start].strip(b" \t") or source.endswith(b"\\", 0, max(0, above)):
        return True  # it is not the first on its line, and what is may be less deep
    return not _test_depths(source).isdisjoint({start - above - 1, _UNSEEN})


@lru_cache(maxsize=1)
def _test_depths(source: bytes) -> frozenset[int]:
    """Give how deep tests are: those of lines that go on from the line above are not seen."""
    return frozenset(_UNSEEN if found[1] is None else len(found[1]) for found in _TEST.finditer(source))


def _stands_in_function(source: bytes, start: int) -> bool:
    """Tell whether the line above that is indented less begins a block, and so no class's body."""
    line = source.rfind(b"\n", 0, start) + 1
    depth = start - line
    if source[line:start].strip(b" \t"):
        return False  # something stands before it on its line: a class on one line, it may be
    for _ in range(_FARTHEST):
        end, line = line - 1, source.rfind(b"\n", 0, line - 1) + 1
        text = source[line:end].lstrip(b" \t")
        if text[:1] not in (b"", b"#") and end - line - len(text) < depth:
            between = source[end:start]  # an odd number of quotes: the line stands in a text
            return _BLOCK.match(text) is not None and not (
                between.count(b'"""') % 2 or between.count(b"'''") % 2
            )
        if not line:
            break
    return False


def _begins_statement(source: bytes, start: int) -> bool:
    return source[max(0, start - _DEEPEST) : start].rstrip(b" \t(")[-1:] in _ENDS


def _resets(source: bytes) -> bool:
    """Tell whether a private attribute may be emptied that is a class's."""
    if b"fixture" not in source and not _SET_UP.search(source):
        return False
    others: set[bytes] = set()
    for found in _PRIVATE_RESET.finditer(source):
        if source[found.end() - 1 : found.end()] == b"=" and not may_empty(source, found.end()):
            continue
        if _is_of_attribute(source, found.start()):
            continue
        name = _owner(source, found.start(), _BLANK)
        if name is None or name != name.lower() or not name.isascii():  # hidden, or spelled as a class is
            return True
        others.add(name)
    others -= {b"", b"self", b"cls"}
    return bool(others) and not others.isdisjoint(_given(source, others))


def _is_of_attribute(source: bytes, dot: int) -> bool:
    """Tell whether what stands before a dot is an attribute itself: `app.Desk._rows`."""
    start = owner_start(source, dot)
    return b"." in source[start:dot]


def _owner(source: bytes, dot: int, gap: bytes) -> bytes | None:
    """Give the name that stands before a dot, "" where none does; None where it cannot be told.

    It is looked for from behind, since nearly always one stands there.
    """
    before: bytes | None = source[max(0, dot - _LONGEST_NAME) : dot]
    if not before or before[-1:] in gap:
        before = before_gap(source, dot, gap)
    if before is None or before[-1:] == b")":
        return None
    found = _WORD.match(before[::-1])
    name = found[0][::-1] if found else b""
    return name if len(name) < _LONGEST_NAME else None


def _given(source: bytes, names: set[bytes]) -> Iterator[bytes]:
    """Give those of the names to which the module may assign something, or under which something is imported.

    What is in a function gives no name to the module: that is looked at for the first few.
    """
    yield from (found[1] for found in _RENAMED.finditer(source) if _may_be_class(source, found.start()))
    places_left = _MANY
    for name in names:
        for start, end in places(source, name):
            if not _PART.match(source, max(0, start - 1)) and _GIVEN.match(source, end):
                places_left -= 1
                if places_left < 0 or function_above(source, source.rfind(b"\n", 0, start) + 1) < 0:
                    yield name


def _may_be_class(source: bytes, end: int) -> bool:
    """Tell whether what is imported under another name may be spelled as a class is."""
    before = before_gap(source, end, _BLANK)
    word = _WORD.match(before[::-1]) if before is not None else None
    return word is None or not word[0][-1:].isascii() or word[0][-1:].isupper()


# Where lines end in another way than is looked for, or there is too much to look at, anything may be.
_ODD: Final = (b"\r", b"\f", CloserLook((b";",), _has_many_statements))

# What stands where there may be a container of the module that a function changes: `shared_names.changes`.
CHANGED_CONTAINER: Final[tuple[Token, ...]] = (*_ODD, _changes_container)
# Where a container that a class makes in its body may be changed as an attribute of anything.
CHANGED_CONTAINER_OF_CLASS: Final[tuple[Token, ...]] = (
    *_ODD,
    CloserLook((_ATTRIBUTE_CHANGED,), _changes_container_of_class),
)
# Where an object of the module or of a class may be changed by a function: a superset of
# `module_state.states` with changes, and of resets like `Class._private = None`.
CHANGED_SHARED_STATE: Final[tuple[Token, ...]] = (
    *_ODD,
    CloserLook((b"global",), _declares_global),
    _changes_container,
    CloserLook((_PRIVATE_RESET,), _resets),
    CloserLook((_ATTRIBUTE_CHANGED,), _changes_own_class),
)
