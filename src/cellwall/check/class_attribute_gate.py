"""Tells from raw bytes whether a file may set an attribute of one of its own classes: a gate's question."""

from collections.abc import Iterator
from typing import Final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.gaps import CLOSED, GAP

_WORD: Final = rb"[\w\x80-\xff]"
# An attribute that something is assigned to, or whose parts are looked up: `.name =`, `.name[`.
_SET: Final = deferred(rb"\." + GAP + _WORD + rb"++(?=[\s\\)#\[=])" + CLOSED + rb"(?:\[|=(?!=))")
_LAST_WORD: Final = deferred(_WORD + rb"+\Z")
_TYPE_OF: Final = deferred(rb"\btype" + CLOSED + rb"\([\s\\(]*\Z")
_CLASS: Final = deferred(rb"\bclass[\s\\]+(" + _WORD + rb"+)")
_FIRST: Final = deferred(rb"\bdef[\s\\]+" + _WORD + rb"+[\s\\]*(?:\[|\(" + GAP + rb"(" + _WORD + rb"+))")
_GIVE_CLASS: Final = (b"classmethod", b"__new__", b"__init_subclass__", b"__class_getitem__")
_FAR: Final = 200


def may_set_class_attribute(source: bytes) -> bool:
    """Tell whether `Class.name`, `cls.name`, `type(self).name` or `self.__class__.name` may be set somewhere.

    A method's first parameter may have any name but `self` where some method may be given its class.
    """
    if b"\r" in source or b"\f" in source:
        return True
    names = {b"cls", b"__class__", *_CLASS.findall(source)}
    if any(word in source for word in _GIVE_CLASS):
        firsts = set(_FIRST.findall(source))
        if b"" in firsts:  # type parameters stand before the first one
            return True
        names |= firsts - {b"self"}
    return any(_is_class(before, names) for before in _before_attributes(source))


def _before_attributes(source: bytes) -> Iterator[bytes]:
    for found in _SET.finditer(source):
        yield source[max(0, found.start() - _FAR) : found.start()].rstrip(b" \t")


def _is_class(before: bytes, names: set[bytes]) -> bool:
    """Tell whether what stands before the dot may be a class; a dot that begins a line tells nothing."""
    if before[-1:] in (b"", b"\n"):
        return True
    bare = before.rstrip(b" \t\n\\)")
    word = _LAST_WORD.search(bare)
    if word is None:
        return before[-1:] == b")" and b"#" in before[-_FAR:]
    closed = len(bare) < len(before)
    return (
        word[0] in names
        or not word[0].isascii()
        or (closed and (b"#" in before or _TYPE_OF.search(bare[: word.start()]) is not None))
    )
