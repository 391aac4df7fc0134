"""Tells from raw bytes whether a file may share an object that is changed: `module_state` for gates."""

import re
from collections.abc import Iterator
from typing import Final

from cellwall.check import shared_names
from cellwall.check.deferred_pattern import deferred
from cellwall.check.gaps import CLOSED, GAP, places
from cellwall.check.lines import BOM
from cellwall.check.module_state import CHANGING, MAKERS

_NAME: Final = rb"[\w\x80-\xff]+"
# What follows the name of an object that can change where it is defined: a literal, what begins in
# parentheses or goes on in the next line, a call of a maker, or a chain of calls that ends further down.
_DEFINITION: Final = (
    CLOSED
    + rb"(?::[^\n]*?)?=(?!=)[ \t]*(?:[\[{(\\]|[^\n]*\b(?:"
    + "|".join(sorted(MAKERS | shared_names.MAKERS)).encode()
    + rb")[ \t]*\(|[^\n]*[(\[{,\\][ \t]*(?:#[^\n]*)?\n)"
    + rb"|"
    + CLOSED
    + rb":(?:[^\n=\[]*\[[^\]\n=]*|[^\n=]*\\)\n"  # or an annotation that goes on in the next line
)
_CHANGE: Final = (
    CLOSED
    + rb"(?:\[|\."
    + GAP
    + rb"(?:"
    + "|".join(sorted(CHANGING | shared_names.CHANGING)).encode()
    + rb")\b)"
)
_DEFINED: Final = deferred(_DEFINITION)
_CHANGED: Final = deferred(_CHANGE)
_DEFINED_AT_MARGIN: Final = deferred(rb"\n(?:\([ \t(]*)?(" + _NAME + rb")(?:" + _DEFINITION + rb")")
_DEFINED_AFTER: Final = deferred(rb";[\s\\]*+(" + _NAME + rb")(?:" + _DEFINITION + rb")")
_DOT: Final = rb"\.[\s\\]*+(?:#[^\r\n]*+[\s\\]*+)*"  # the dot and the gap behind it: most have none
# Possessive, with a look at what follows: most attributes are neither followed by a bracket nor by a method.
_ATTRIBUTE_CHANGED: Final = deferred(_DOT + rb"([\w\x80-\xff]++)(?=[\s\\)#\[.])" + _CHANGE)
_CLASS: Final = deferred(rb"\bclass[\s\\]+(" + _NAME + rb")")
_PRIVATE_RESET: Final = deferred(
    _DOT + rb"_(?!_)[\w\x80-\xff]*+" + CLOSED + rb"(?:\." + GAP + rb"clear\b|=(?!=))"
)
_LAST_WORD: Final = deferred(rb"([A-Z\x80-\xff])[\w\x80-\xff]*+[\s\\)]*+\Z")
_OF: Final = deferred(rb"(" + _NAME + rb")[\s\\)]*+\Z")
_COMMENT: Final = deferred(rb"#[^\n]*+\n[\s\\)]*+\Z")  # it hides what the dot belongs to
_BLOCK: Final = deferred(
    rb"(?:async\s|def\s|else\b|try\b|finally\b|(?:if|elif|for|while|with|except)\b).*:[ \t]*(?:#.*)?\Z"
)
_LONGEST_NAME: Final = 100
_DEEPEST: Final = 100
_ENDS: Final = (b"\n", b";", b":", b"")  # what stands before a statement; "" where it is further away


def may_change_shared_state(source: bytes) -> bool:
    """Tell whether there may be an object of the module or of a class that a function changes.

    A superset of `module_state.states` with changes, and of resets like `Class._private = None`.
    """
    if b"\r" in source or b"\f" in source or any(_resets(source)):
        return True
    if any(_begins_statement(source, start) for start, _ in places(source, b"global")):
        return True
    if any(_is_changed(source, name) for name in _defined_at_top(source)):
        return True
    defined = _defined_in_class(source)
    return bool(defined) and not defined.isdisjoint(_attributes_changed(source))


def may_change_container(source: bytes) -> bool:
    """Tell whether there may be a container of the module that a function changes: `shared_names.changes`."""
    if b"\r" in source or b"\f" in source:
        return True
    return any(_is_changed(source, name) for name in _defined_at_top(source))


def may_change_container_of_class(source: bytes) -> bool:
    """Tell whether a container that a class makes in its body may be changed as an attribute of anything."""
    if b"\r" in source or b"\f" in source:
        return True
    return bool(_defined_in_class(source))


def _defined_in_class(source: bytes) -> set[bytes]:
    """Give the attributes that are changed, of whatever, and that some class of the file may define."""
    changed = set(_ATTRIBUTE_CHANGED.findall(source))
    return {name for name in changed if _is_defined(source, name)}


def _defined_at_top(source: bytes) -> set[bytes]:
    found = set(_DEFINED_AT_MARGIN.findall(b"\n" + source.removeprefix(BOM)))
    return found | set(_DEFINED_AFTER.findall(source)) if b";" in source else found


def _attributes_changed(source: bytes) -> Iterator[bytes]:
    """Give the attributes of self, cls or a class of the file that are changed."""
    classes = {b"self", b"cls", *_CLASS.findall(source)}
    for found in _ATTRIBUTE_CHANGED.finditer(source):
        before = source[max(0, found.start() - _LONGEST_NAME) : found.start()]
        of = _OF.search(before)
        if _COMMENT.search(before) or (of is not None and of[1] in classes):
            yield found[1]


def _is_changed(source: bytes, name: bytes) -> bool:
    return any(_CHANGED.match(source, end) for _, end in places(source, name))


def _is_defined(source: bytes, name: bytes) -> bool:
    """Tell whether a statement in a class defines the name."""
    return any(
        _DEFINED.match(source, end)
        and _begins_statement(source, start)
        and not _stands_in_function(source, start)
        for start, end in places(source, name)
    )


def _stands_in_function(source: bytes, start: int) -> bool:
    """Tell whether the line above that is indented less begins a block, and so no class's body."""
    line = source.rfind(b"\n", 0, start) + 1
    depth = start - line
    if source[line:start].strip(b" \t"):
        return False  # something stands before it on its line: a class on one line, it may be
    while line:
        end, line = line - 1, source.rfind(b"\n", 0, line - 1) + 1
        text = source[line:end].lstrip(b" \t")
        if text[:1] not in (b"", b"#") and end - line - len(text) < depth:
            between = source[end:start]  # an odd number of quotes: the line stands in a text
            return _BLOCK.match(text) is not None and not (
                between.count(b'"""') % 2 or between.count(b"'''") % 2
            )
    return False


def _begins_statement(source: bytes, start: int) -> bool:
    return source[max(0, start - _DEEPEST) : start].rstrip(b" \t(")[-1:] in _ENDS


def _resets(source: bytes) -> Iterator[bool]:
    """Tell for each place where a private attribute is emptied whether it may be a class's."""
    others: set[bytes] = set()
    for found in _PRIVATE_RESET.finditer(source):
        before = source[max(0, found.start() - _LONGEST_NAME) : found.start()]
        hidden = before.rstrip(b" \t\n\\")[-1:] == b")" or _COMMENT.search(before)
        if hidden or _LAST_WORD.search(before):
            yield True
        of = _OF.search(before)
        if of is not None:
            others.add(of[1])
    yield from (_is_given(source, name) for name in sorted(others - {b"self", b"cls"}))


def _is_given(source: bytes, name: bytes) -> bool:
    """Tell whether a name is imported for another, or something may be assigned to it."""
    if len(name) >= _LONGEST_NAME or not name.isascii():
        return True
    after = rb"(?:" + GAP + rb":|" + CLOSED + rb"=(?!=))"
    return re.search(rb"\bas" + GAP + name + rb"\b|(?<![\w.])" + name + after, source) is not None
