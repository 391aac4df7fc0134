"""Tells from a file's bare code whether tests or set-up code may change what tests share: `module_state`."""

from collections.abc import Iterator
from typing import Final

from cellwall.check.bare_blocks import (
    GROUP,
    LONGEST,
    function_around,
    line_at,
    may_run_for_a_test,
    without_groups,
)
from cellwall.check.bare_code import bare_code
from cellwall.check.deferred_pattern import deferred
from cellwall.check.gaps import places
from cellwall.check.module_state import CHANGING, MAKERS

_NAME: Final = rb"[\w\x80-\xff]+"
_IS: Final = rb"[ )]*(?::|=(?!=))"
_AT_MARGIN: Final = deferred(rb"\n(?:\([ (]*)?(" + _NAME + rb")" + _IS + rb"([^\n]*)")
_FURTHER_ON: Final = deferred(rb"; *[ (]*(" + _NAME + rb")" + _IS + rb"([^\n]*)")
_IS_GIVEN: Final = deferred(_IS + rb"([^\n]*)")
_MADE: Final = deferred(rb"[\[{]|\b(?:" + "|".join(sorted(MAKERS)).encode() + rb")[ )]*\(")
_GLOBAL: Final = deferred(rb"global +([^\n;]+)")
_NAMES: Final = deferred(_NAME)
_CLASS: Final = deferred(rb"class +(" + _NAME + rb")")
_OF_IT: Final = deferred(rb"[ )]*\. *(" + _NAME + rb")(?=[ )]*[\[.])")
_METHOD: Final = deferred(rb"[ )]*\. *(?:" + "|".join(sorted(CHANGING)).encode() + rb")\b")
_ITEM: Final = deferred(rb"[ )]*\[")
_SET: Final = deferred(rb"[ )]*(?:[-+*/%&|^@]|//|\*\*|<<|>>)?=(?!=)")
_LOADED: Final = (b".", b"[", b"(", GROUP)  # what follows an item that is only read
_TARGET: Final = deferred(rb"\b(?:del|as)\b|\bfor\b(?!.*\bin\b)")
_BEGIN: Final = deferred(rb"(?:\A|[;:])[ (]*\Z")
_BEGIN_OF_OWN: Final = deferred(rb"(?:\A|[;:])[ (]*(?:" + _NAME + rb"[ )]*\. *)?\Z")
_ASSIGNS: Final = deferred(rb"(?<![=!<>:])=(?!=)")
_IN_CALL: Final = deferred(rb"[\w\x80-\xff\x01\x02] *[(\[]|\{")
_RESET: Final = deferred(rb"\. *_(?!_)[\w\x80-\xff]*[ )]*(?:\. *clear\b|=(?!=)([^\n;]*))")
_EMPTY: Final = deferred(rb"[ (]*(?:None\b|[\[{][ \[\]{},]*[\]}])")
_OF: Final = deferred(rb"(\. *)?\b(" + _NAME + rb")[ )]*\Z")
_AS: Final = deferred(rb"(?:\bas|\A) +\Z")
_LONGEST_NAME: Final = 100


def may_be_changed_by_tests(source: bytes) -> bool:
    """Tell whether a function that runs for a test may change an object of the module or of a class.

    A superset of what `global_test_state` finds: the changes of `module_state.states` in such functions,
    and resets like `Class._private = None` in set-up code.
    """
    bare = bare_code(source)
    if bare is None:
        return True
    code = b"\n" + bare
    changed = any(may_run_for_a_test(code, at) for at in (*_bound_anew(code), *_changed(code)))
    return changed or any(_resets(code)) or any(_changed_of_class(code))


def _bound_anew(code: bytes) -> Iterator[int]:
    return (found.start() for found in _GLOBAL.finditer(code))


def _changed(code: bytes) -> Iterator[int]:
    """Give where an object of the module is changed, as far as the names tell."""
    names = {name for found in _GLOBAL.findall(code) for name in _NAMES.findall(found)}
    made = [*_AT_MARGIN.findall(code), *(_FURTHER_ON.findall(code) if b";" in code else ())]
    names.update(name for name, value in made if _MADE.search(value))
    for name in sorted(names):
        yield from (start for start, end in places(code, name) if _is_change(code, start, end))


def _changed_of_class(code: bytes) -> Iterator[bool]:
    """Tell for each attribute that is changed whether a class may make it, and a test changes it."""
    owners = {b"self", b"cls", *_CLASS.findall(code)}
    changed: dict[bytes, list[int]] = {}
    for owner in owners:
        for start, end in places(code, owner):
            found = _OF_IT.match(code, end)
            if found is not None and _is_change(code, found.start(1), found.end(1)):
                changed.setdefault(found[1], []).append(start)
    for name, where in changed.items():
        if any(_makes_in_class(code, start, end) for start, end in places(code, name)):
            yield any(may_run_for_a_test(code, at) for at in where)


def _makes_in_class(code: bytes, start: int, end: int) -> bool:
    """Tell whether a statement of a class may give something that can change to a name."""
    given = _IS_GIVEN.match(code, end)
    if given is None or not _MADE.search(given[1]):
        return False
    line, _ = line_at(code, start)
    return _BEGIN.search(code[line:start]) is not None and function_around(code, start) is None


def _is_change(code: bytes, start: int, end: int) -> bool:
    """Tell whether a method that changes it is called of what ends here, or one of its items is set."""
    if not _ITEM.match(code, end):
        return _METHOD.match(code, end) is not None
    first, last = line_at(code, start)
    if last - first > LONGEST:
        return True
    after = without_groups(code[end:last]).lstrip(b" )")[1:]
    if _SET.match(after):
        return True
    if after.lstrip(b" )").startswith(_LOADED):
        return False
    before = without_groups(code[first:start])
    if _TARGET.search(before):
        return True
    if after.lstrip(b" )")[:1] == b":":
        return _BEGIN_OF_OWN.search(before) is not None
    return _ASSIGNS.search(after) is not None and not _IN_CALL.search(before)


def _resets(code: bytes) -> Iterator[bool]:
    """Tell for each place where a private attribute of a class may be emptied whether set-up code does it."""
    for found in _RESET.finditer(code):
        value = found[1]
        emptied = value is None or _EMPTY.match(value) or _ASSIGNS.search(without_groups(value))
        if emptied and _is_of_class(code, found.start()):
            yield may_run_for_a_test(code, found.start(), set_up=True)


def _is_of_class(code: bytes, dot: int) -> bool:
    """Tell whether a class's name may stand before a dot."""
    before = code[max(0, dot - _LONGEST_NAME) : dot]
    of = _OF.search(before)
    if of is None:
        return not before.strip(b" )")
    return not of[1] and _may_be_class(code, of[2])


def _may_be_class(code: bytes, name: bytes) -> bool:
    """Tell whether a name is spelled as a class is, or the module gives it to something else."""
    if len(name) >= _LONGEST_NAME or not name.isascii() or name[:1].isupper():
        return True
    return any(
        _AS.search(code[max(0, start - _LONGEST_NAME) : start])
        or (_IS_GIVEN.match(code, end) and function_around(code, start) is None)
        for start, end in places(code, name)
    )
