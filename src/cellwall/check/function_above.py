"""Finds from raw bytes a function in whose body a line stands: for gates that ask where a statement is."""

from typing import Final

from cellwall.check.deferred_pattern import deferred

_NAME: Final = rb"[\w\x80-\xff]++"
_DEF: Final = deferred(rb"(?:async[ \t]+)?def[ \t].*:[ \t]*(?:#.*)?\Z")
_BEGIN: Final = deferred(rb"[ \t]*(?:async[ \t]+)?def[ \t]+" + _NAME + rb"\([^()]*\Z")
_END: Final = deferred(rb"\)[ \t]*(?:->[^:\n]*)?:[ \t]*(?:#.*)?\Z")
_HIDDEN: Final = deferred(rb"[#'\\][^\n]*\"\"\"|[#\"\\][^\n]*'''")
_FARTHEST: Final = 1000  # lines above
_LONGEST: Final = 200


def function_above(source: bytes, start: int) -> int:
    """Give where a function begins in which the line stands that starts there, -1 where none is seen.

    All lines between are deeper than the one that begins it, so nothing has ended there. Lines end in "\\n".
    """
    depth, line = depth_of(source[start : start + _LONGEST]), start
    for _ in range(_FARTHEST):
        if not line or not depth:
            break
        end, line = line - 1, source.rfind(b"\n", 0, line - 1) + 1
        text = source[line:end]
        if text.strip(b" \t")[:1] in (b"", b"#") or depth_of(text) >= depth:
            continue
        depth = depth_of(text)
        first = line if _DEF.match(text, depth) else _first_line(source, line + depth, text)
        if first is not None:
            return first if first >= 0 and _is_code(source, first, source[end:start]) else -1
    return -1


def depth_of(text: bytes) -> int:
    """Give how many blanks and tabs a line begins with: lines of one block have as many."""
    return len(text) - len(text.lstrip(b" \t"))


def _first_line(source: bytes, bracket: int, text: bytes) -> int | None:
    """Give where a definition begins whose parameters end on a line: -1 if not seen, None if none end."""
    if not _END.match(text, depth_of(text)):
        return None
    line = source.rfind(b"\n", 0, max(0, source.rfind(b"def ", 0, bracket))) + 1
    header = source[line:bracket]
    begin, _, rest = header.partition(b"\n")
    is_seen = _BEGIN.match(begin) is not None and depth_of(begin) <= depth_of(text)
    is_seen = is_seen and not any(sign in header for sign in (b'"', b"'", b"#", b"\\"))
    return line if is_seen and rest.count(b"(") == rest.count(b")") else -1


def _is_code(source: bytes, first: int, below: bytes) -> bool:
    """Tell whether a function begins there, and not in a text that ends below."""
    if source.endswith(b"\\\n", 0, first):
        return False
    double, single = below.count(b'"""'), below.count(b"'''")
    if not double and not single:
        return True
    return not (double and single) and not (double + single) % 2 and _HIDDEN.search(below) is None
