"""Says a regular expression once more in plain constructs, for engines that look for many at once.

What CPython's `re` has beyond them is left out: the plain one stands wherever the first does, a superset.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple, final

from cellwall.check.deferred_pattern import DeferredPattern

_MOST: Final = 32  # a higher bound of a repeat is left out: engines unroll them
_LARGEST: Final = 2000  # signs, with what is repeated counted so often: the work of an engine before it looks
_BYTES: Final = 256
_CATEGORIES: Final = {
    "CATEGORY_DIGIT": rb"\d",
    "CATEGORY_NOT_DIGIT": rb"\D",
    "CATEGORY_SPACE": rb"\s",
    "CATEGORY_NOT_SPACE": rb"\S",
    "CATEGORY_WORD": rb"\w",
    "CATEGORY_NOT_WORD": rb"\W",
}
_OURS: Final = re.DOTALL | re.IGNORECASE | re.MULTILINE


class PlainPattern(NamedTuple):
    """An expression for bytes, in signs of ASCII; with `exact` it stands nowhere else than the first one."""

    text: bytes
    exact: bool


def plain(pattern: "re.Pattern[bytes]") -> PlainPattern | None:
    """Give it in plain constructs; None where that cannot be told, or where it stands in everything."""
    flags = pattern.given_flags if isinstance(pattern, DeferredPattern) else pattern.flags
    if re.RegexFlag(flags) & ~_OURS:
        return None
    try:
        tree = _parser().parse(pattern.pattern, flags)
        if tree.getwidth()[0] == 0 or re.RegexFlag(tree.state.flags) & ~_OURS:
            return None
        said = _Said(tree.state.flags)
        return PlainPattern(said.sequence(tree), said.exact)
    except (AttributeError, KeyError):  # a Python that is not known here, or what cannot be said
        return None


def _parser() -> Any:
    """Give what CPython itself reads patterns with, so that nobody has to read them in the same way."""
    return re._parser  # type: ignore[attr-defined]


def literal(text: bytes) -> bytes:
    """Give the expression that stands for exactly these bytes."""
    return b"".join(b"\\x%02x" % sign for sign in text)


@final
class _Said:
    """Puts what CPython's parser read into words again. What cannot be said raises KeyError."""

    def __init__(self, flags: int) -> None:
        self.exact = True
        self._signs_said = 0
        self._flags = flags

    def sequence(self, tree: Iterable[tuple[Any, Any]]) -> bytes:
        """Say one construct after the other."""
        return b"".join(self._one(str(kind), value) for kind, value in tree)

    def _one(self, kind: str, value: Any) -> bytes:
        if kind in _WITH_SIGNS:
            self._signs_said += 1
            return _spelled(self._signs(kind, value))
        if kind in _REPEATS:
            return self._repeated(kind, *value)
        if kind in _LEFT_OUT:
            return self._left_out()
        others: dict[str, Callable[[Any], bytes]] = {
            "BRANCH": self._branch,
            "SUBPATTERN": self._group,
            "ATOMIC_GROUP": self._atomic,
            "AT": self._at,
        }
        return others[kind](value)

    def _left_out(self) -> bytes:
        self.exact = False
        return b""

    def _at(self, where: Any) -> bytes:
        return rb"\b" if str(where) == "AT_BOUNDARY" else self._left_out()

    def _branch(self, value: tuple[Any, Sequence[Any]]) -> bytes:
        return b"(?:" + b"|".join(self.sequence(branch) for branch in value[1]) + b")"

    def _atomic(self, inner: Any) -> bytes:
        self.exact = False
        return b"(?:" + self.sequence(inner) + b")"

    def _group(self, value: tuple[Any, int, int, Any]) -> bytes:
        _, added, removed, inner = value
        if re.RegexFlag(added) & ~_OURS:
            raise KeyError(added)
        before, self._flags = self._flags, (self._flags | added) & ~removed
        said = self.sequence(inner)
        self._flags = before
        return b"(?:" + said + b")"

    def _repeated(self, kind: str, least: Any, most: Any, inner: Any) -> bytes:
        fewest, highest = min(int(least), _MOST), int(most)
        if kind == "POSSESSIVE_REPEAT" or int(least) > _MOST:
            self.exact = False
        bound = b"%d" % highest if highest <= _MOST else b""
        if not bound and str(most) != "MAXREPEAT":
            self.exact = False
        before = self._signs_said
        said = self.sequence(inner)
        self._signs_said += (self._signs_said - before) * max(fewest, int(bound or b"0"))
        if self._signs_said > _LARGEST:
            raise KeyError("it takes too much work")
        return b"(?:%s){%d,%s}" % (said, fewest, bound)

    def _signs(self, kind: str, value: Any) -> set[int]:
        """Give the bytes for which a construct of one sign stands."""
        if kind == "ANY":
            return set(range(_BYTES)) - (set() if self._flags & re.DOTALL else {ord("\n")})
        if kind in {"LITERAL", "NOT_LITERAL"}:
            signs = self._either_case({value})
            return signs if kind == "LITERAL" else set(range(_BYTES)) - signs
        return self._listed([(str(part), inner) for part, inner in value])

    def _listed(self, parts: Sequence[tuple[str, Any]]) -> set[int]:
        signs: set[int] = set()
        for part, inner in parts:
            if part == "LITERAL":
                signs.add(inner)
            elif part == "RANGE":
                signs.update(range(inner[0], inner[1] + 1))
            elif part == "CATEGORY":
                signs.update(_of_category(_CATEGORIES[str(inner)]))
            elif part != "NEGATE":
                raise KeyError(part)
        signs = self._either_case(signs)
        return set(range(_BYTES)) - signs if ("NEGATE", None) in parts else signs

    def _either_case(self, signs: set[int]) -> set[int]:
        if not self._flags & re.IGNORECASE:
            return signs
        return {*signs, *bytes(signs).lower(), *bytes(signs).upper()}


_WITH_SIGNS: Final = frozenset({"ANY", "LITERAL", "NOT_LITERAL", "IN"})
_REPEATS: Final = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
_LEFT_OUT: Final = frozenset({"ASSERT", "ASSERT_NOT"})


def _of_category(spelled: bytes) -> set[int]:
    found = re.compile(spelled)
    return {sign for sign in range(_BYTES) if found.match(bytes([sign]))}


def _spelled(signs: set[int]) -> bytes:
    """Give the class of these bytes, by its ranges."""
    if not signs:
        raise KeyError("a class of no sign")
    starts = [sign for sign in sorted(signs) if sign - 1 not in signs]
    ends = [sign for sign in sorted(signs) if sign + 1 not in signs]
    if starts == ends and len(starts) == 1:
        return literal(bytes(starts))
    return b"[" + b"".join(b"\\x%02x-\\x%02x" % pair for pair in zip(starts, ends, strict=True)) + b"]"
