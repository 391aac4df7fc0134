"""Tells from a file's bare code whether a call may be given a written-out id beside a user's context."""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from cellwall.check.bare_blocks import LONGEST, line_at, may_run_for_a_test, without_groups
from cellwall.check.bare_code import bare_code
from cellwall.check.context_supply import gives_context
from cellwall.check.deferred_pattern import deferred
from cellwall.check.gaps import places
from cellwall.check.one_user import ID_NAMES

_IDS: Final = tuple(name.encode() for name in sorted(ID_NAMES))
_WRITTEN_OUT: Final = deferred(rb" *=[ (]*[rRuU]?\x01")
_CALLEE: Final = deferred(rb"([\w\x80-\xff\x02]*) *\([^(\[{]*\Z")
_BUILDS: Final = deferred(rb"[A-Z][\w\x80-\xff]*\Z|(?:dict|replace)\Z")
_DEFINING: Final = deferred(rb"\b(?:def|class) +[\w\x80-\xff]+ *\Z")
_KEYWORD: Final = deferred(rb"[\w\x80-\xff]+ *=(?!=)")
_VARIABLE: Final = deferred(rb"(?!(?:True|False|None)\b)[A-Za-z_\x80-\xff][\w\x80-\xff]*(?!\x01)\b")


@lru_cache(maxsize=8)
def gives_id_beside_context(classes: tuple[bytes, ...]) -> Callable[[bytes], bool]:
    """Ask whether a call in a test or fixture may be given a text as an id, and a context of such a class.

    A context is known by its name, or by its class: where that stands in the file, any variable may be one.
    Left out are calls that make an object of a class, and the header of a function.
    """

    def gives(source: bytes) -> bool:
        code = bare_code(source)
        if code is None:
            return True
        by_class = any(name in source for name in classes)
        return any(
            _WRITTEN_OUT.match(code, end)
            and _has_context(code, start, by_class=by_class)
            and may_run_for_a_test(code, start)
            for name in _IDS
            for start, end in places(code, name)
        )

    return gives


def _has_context(code: bytes, start: int, *, by_class: bool) -> bool:
    """Tell whether the call around a place may be given a context."""
    first, last = line_at(code, start)
    if last - first > LONGEST:
        return True
    before, after = without_groups(code[first:start]), without_groups(code[start:last])
    called = _CALLEE.search(before)
    if called is None or _BUILDS.match(called[1]) or _DEFINING.search(before, 0, called.end(1)):
        return False
    given = code[first + called.end(1) : start + after.find(b")") + 1]
    if gives_context(given):
        return True
    return by_class and _VARIABLE.search(_KEYWORD.sub(b"", given)) is not None
