"""The text inside any object: what a person could read of it, without running a line of its code."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

DEPTH: Final = 6
LIMIT: Final = 2_000  # objects; what lies beyond is not read

_HOLDERS: Final = (list, tuple, set, frozenset, deque)
_NOTHING: Final = (int, float, complex, bool, type(None), type)


def text_of(value: object, *, limit: int = LIMIT) -> str | bytes:
    """Give the text of `value`: itself, or that of all its attributes and items.

    Looks through mappings, sequences, sets and instance attributes, to a depth of six and `limit` objects.
    """
    if isinstance(value, str | bytes):
        return value
    if isinstance(value, bytearray | memoryview):
        return bytes(value)
    return "\n".join(_pieces(value, limit))


def _pieces(start: object, limit: int) -> Iterator[str]:
    seen: set[int] = set()
    ahead: deque[tuple[object, int]] = deque([(start, 0)])
    while ahead and len(seen) < limit:
        value, depth = ahead.popleft()
        if isinstance(value, str):
            yield value
        elif isinstance(value, bytes | bytearray):
            yield value.decode(errors="replace")
        elif not isinstance(value, _NOTHING) and id(value) not in seen and depth < DEPTH:
            seen.add(id(value))
            ahead.extend((held, depth + 1) for held in _held(value))


def _held(value: Any) -> Iterator[object]:
    kind = type(value)
    if isinstance(value, dict):
        yield from list(dict.keys(value))
        yield from list(dict.values(value))
        return
    if isinstance(value, _HOLDERS):
        yield from list(value)
        return
    if isinstance(value, BaseException):
        yield from (value.args, value.__cause__, value.__context__, getattr(value, "__notes__", ()))
    if isinstance(value, Mapping):  # one that is no dictionary: its own code would have to run
        return
    with suppress(AttributeError):
        yield from list(object.__getattribute__(value, "__dict__").values())
    for each in kind.__mro__:
        slots = each.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            try:
                yield each.__dict__[_mangled(each, name)].__get__(value, kind)
            except (AttributeError, KeyError, TypeError):  # an empty slot, or no slot in truth
                continue


def _mangled(kind: type, name: str) -> str:
    private = name.startswith("__") and not name.endswith("__")
    return f"_{kind.__name__.lstrip('_')}{name}" if private else name
