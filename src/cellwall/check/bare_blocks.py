"""In which function or class a place of bare code stands, and in which brackets of its statement."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.module_state import SET_UP

_GROUP: Final = deferred(rb"\([^()\[\]{}]*\)|\[[^()\[\]{}]*\]|\{[^()\[\]{}]*\}")
LONGEST: Final = 20_000  # the brackets of a longer statement are not looked into, place by place
GROUP: Final = b"\x02"  # stands for brackets and what is in them
_FUNCTION: Final = deferred(rb"(?:async +)?def +([\w\x80-\xff]+)")
_CLASS: Final = deferred(rb"\n +class\b[^\n]*")
_HEADER_INSIDE: Final = deferred(rb"\b(?:class|def)\b")
_MARK: Final = deferred(rb"@ *pytest *\. *mark\b")
_SET_UP: Final = frozenset(name.encode() for name in SET_UP)


def line_at(code: bytes, at: int) -> tuple[int, int]:
    """Give where the line of a place starts and ends."""
    start, end = code.rfind(b"\n", 0, at) + 1, code.find(b"\n", at)
    return start, end if end >= 0 else len(code)


def without_groups(code: bytes) -> bytes:
    """Put `GROUP` and blanks instead of brackets that are closed: those that are left are not."""
    before = b""
    while code != before:
        before, code = code, _GROUP.sub(_blank, code)
    return code


def _blank(group: re.Match[bytes]) -> bytes:
    return GROUP.ljust(len(group[0]))


def headers(code: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Give where the lines start that a place is indented below, the innermost first, and what they say."""
    start, end = line_at(code, at)
    indent = _indent(code, start, end)
    while indent and start:
        end, start = start - 1, code.rfind(b"\n", 0, start - 1) + 1
        depth = _indent(code, start, end)
        if depth < indent and start + depth < end:
            indent = depth
            yield start, code[start + depth : end]


def function_around(code: bytes, at: int) -> int | None:
    """Give where the innermost scope of a statement starts, None where that is no function, or beside it."""
    start, _ = line_at(code, at)
    if _HEADER_INSIDE.search(code, start, at):
        return None
    for where, header in headers(code, at):
        if _FUNCTION.match(header):
            return where
        if header.startswith(b"class"):
            return None
    return None


def decorators(code: bytes, start: int) -> Iterator[bytes]:
    """Give the decorators of a function that starts here, the last one first."""
    while start:
        end, start = start - 1, code.rfind(b"\n", 0, start - 1) + 1
        line = code[start:end].strip()
        if line[:1] == b"@":
            yield line
        elif line:
            return


def end_of_block(code: bytes, start: int, end: int) -> int:
    """Give where the lines end that are indented below the line from `start` to `end`."""
    after = _not_below(_indent(code, start, end)).search(code, end)
    return after.start() if after is not None else len(code)


@lru_cache(maxsize=64)
def _not_below(indent: int) -> re.Pattern[bytes]:
    return re.compile(rb"\n {0,%d}(?=[^ \n])" % indent)


def outside_functions(code: bytes, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
    """Give the lines whose innermost scope is the module or a class, and what stands beside its function."""
    stop = len(code) if stop is None else stop
    while start < stop:
        end = code.find(b"\n", start, stop)
        end = stop if end < 0 else end
        line = code[start:end].strip(b" ")
        if not _FUNCTION.match(line):
            yield line
        else:
            if line[-1:] != b":":
                yield line
            function, end = end, end_of_block(code, start, end)
            for inner in _CLASS.finditer(code, function, end):
                first, last = inner.start() + 1, inner.end()
                yield from outside_functions(code, first, end_of_block(code, first, last))
        start = end + 1


def may_run_for_a_test(code: bytes, at: int, *, set_up: bool = False) -> bool:
    """Tell whether the outermost function around a place may be a test, a fixture or set-up code.

    With `set_up` tests do not count. What stands beside the header of its function or in a decorator counts.
    """
    start, _ = line_at(code, at)
    if _HEADER_INSIDE.search(code, start, at) or code[start:at].lstrip()[:1] == b"@":
        return True
    found = [(where, function[1]) for where, h in headers(code, at) if (function := _FUNCTION.match(h))]
    if not found:
        return False
    where, name = found[-1]
    if (name.startswith(b"test") and not set_up) or name in _SET_UP:
        return True
    return any(not _MARK.match(decorator) for decorator in decorators(code, where))  # marks make no fixture


def _indent(code: bytes, start: int, end: int) -> int:
    return end - start - len(code[start:end].lstrip(b" "))
