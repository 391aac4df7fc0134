"""A copy of plain data that nothing can change later: what a history keeps. Knows no tools."""

from collections.abc import Mapping, Set
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final, final
from uuid import UUID

MAX_DEPTH: Final = 64
MAX_VALUES: Final = 100_000
MAX_TEXT: Final = 10_000

_UNCHANGEABLE: Final = frozenset({type(None), bool, int, float, complex, Decimal, Fraction, UUID})
_UNCHANGEABLE_BASES: Final = (date, time, timedelta, Enum)


class TooMuchData(Exception):  # noqa: N818  # an answer to who asked for the copy
    """Data nested too deeply, in a circle perhaps, or of too many values."""


def frozen_copy(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Copy a mapping to the bottom: dicts become read-only, lists tuples, sets frozen.

    Texts over 10,000 characters are cut; what is no plain data becomes the name of its type.

    Raises:
        TooMuchData: deeper than 64 levels, or more than 100,000 values.
    """
    copy: Mapping[str, Any] = _Copy().of(data, 0)
    return copy


@final
class _Copy:
    def __init__(self) -> None:
        self._left = MAX_VALUES

    def of(self, value: Any, depth: int) -> Any:
        self._count(1)
        if type(value) in _UNCHANGEABLE or isinstance(value, _UNCHANGEABLE_BASES):
            return value
        if isinstance(value, str | bytes | bytearray):
            return _text(value)
        if isinstance(value, Mapping | list | tuple | Set):
            if depth >= MAX_DEPTH:
                raise TooMuchData(f"nested deeper than {MAX_DEPTH} levels")
            return self._container(value, depth + 1)
        return f"<{type(value).__name__}>"

    def _container(self, value: Any, depth: int) -> Any:
        if isinstance(value, Mapping):
            return MappingProxyType({_key(key): self.of(item, depth) for key, item in value.items()})
        if isinstance(value, Set):
            self._count(len(value))
            return frozenset(map(_key, value))
        return tuple(self.of(item, depth) for item in value)

    def _count(self, values: int) -> None:
        self._left -= values
        if self._left < 0:
            raise TooMuchData(f"more than {MAX_VALUES} values")


def _key(value: Any) -> Any:
    """What may stand in a set or as a key: hashable, so unchangeable data or the name of a type."""
    if type(value) in _UNCHANGEABLE or isinstance(value, _UNCHANGEABLE_BASES):
        return value
    return _text(value) if isinstance(value, str | bytes) else f"<{type(value).__name__}>"


def _text(value: str | bytes | bytearray) -> str | bytes:
    plain = str.__str__(value) if isinstance(value, str) else bytes(value)
    if len(plain) <= MAX_TEXT:
        return plain
    note = f"... ({len(plain)} in all)"
    return plain[:MAX_TEXT] + (note if isinstance(plain, str) else note.encode())  # type: ignore[operator]
