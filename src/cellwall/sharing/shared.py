"""The objects that two users' roots share and that can change: only the top-most, with both ways to it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final, final

from cellwall.project.number_of import number_of
from cellwall.runtime.errors import SharedStateError
from cellwall.sharing.kinds import kind_of
from cellwall.sharing.profile import Profile, Profiles
from cellwall.sharing.profiles import all_profiles
from cellwall.sharing.text_inside import text_inside
from cellwall.sharing.walk import LIMIT, Walk

OwnersIn = Callable[[str], Collection[str]]
_LISTED: Final = 10


@final
@dataclass(frozen=True, slots=True)
class SharedObject:
    """One object that both users hold.

    `first` and `second` are the ways to it from each root (`a.cart.items`), `why` what its library's
    profile says, `holds` the owners whose values are inside it, where the caller could tell; `meant` that it
    is reached from what the caller named as common to both, too.
    """

    type_name: str
    first: str
    second: str
    why: str = ""
    holds: frozenset[str] = frozenset()
    meant: bool = False

    def __str__(self) -> str:
        why = f" ({self.why})" if self.why else ""
        holds = f", holding values of {', '.join(sorted(self.holds))}" if self.holds else ""
        return f"{self.type_name}{why}: {self.first} is {self.second}{holds}"


def shared_objects(
    a: object,
    b: object,
    *,
    profiles: Sequence[Profile] | None = None,
    owners_in: OwnersIn | None = None,
    names: tuple[str, str] = ("a", "b"),
    common: object = None,
    limit: int = LIMIT,
) -> list[SharedObject]:
    """Give the objects that can be changed and are reached from both `a` and `b`, the top-most only.

    Looks through attributes, slots, items, closures, defaults, partials and what methods are bound to;
    never through classes, modules, globals, code, weak references or event loops. `profiles` say what a
    library makes for all users (by default all that Cellwall has). `owners_in` tells whose values stand
    in a text, as `CanaryBook.owners_in` does, and fills `holds`. `common` is what both are given on purpose:
    what is shared and reached from there as well is `meant`.

    Raises:
        SharedStateError: there are more than `limit` objects to look at; then nothing is known.

    Example:
        >>> cart = {"items": []}
        >>> [str(one) for one in shared_objects([cart], {"cart": cart})]
        ["dict: a[0] is b['cart']"]
    """
    known = Profiles(all_profiles() if profiles is None else profiles)
    of_a, of_b = Walk(known, limit=limit), Walk(known, limit=limit)
    of_a.run(a)
    both: list[object] = []

    def ends(value: object) -> bool:
        if value not in of_a or not (kind_of(type(value)).changes or known.of(type(value))[1]):
            return False
        both.append(value)
        return True

    of_b.run(b, ends)
    if not (of_a.complete and of_b.complete):
        raise SharedStateError(f"nothing is known: there are more than {limit} objects to look at")
    of_all = Walk(known, limit=limit)
    if common is not None and both:
        of_all.run(common)
    found = []
    for value in both:
        judge = known.of(type(value))[1]
        why = judge(value) if judge is not None else ""
        if judge is None or why:
            paths = of_a.path(value, names[0]), of_b.path(value, names[1])
            holds = _holds(value, owners_in)
            found.append(SharedObject(_type_name(value), *paths, why, holds, meant=value in of_all))
    return found


def assert_isolated(a: object, b: object, *, profiles: Sequence[Profile] | None = None) -> None:
    """Do nothing where `a` and `b` share no object that can change.

    Raises:
        SharedStateError: they do; the text names each with both ways to it.
    """
    found = shared_objects(a, b, profiles=profiles)
    if found:
        lines = [f"  {one}" for one in found[:_LISTED]]
        more = [f"  and {len(found) - _LISTED} more"] if len(found) > _LISTED else []
        head = f"a and b share {number_of(len(found), 'object')} that can change:"
        raise SharedStateError("\n".join([head, *lines, *more, _ADVICE]))


_ADVICE: Final = "make each for its own request, or say in a profile why its type may be shared"


def _type_name(value: object) -> str:
    cls = type(value)
    return cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"


def _holds(value: object, owners_in: OwnersIn | None) -> frozenset[str]:
    return frozenset() if owners_in is None else frozenset(owners_in(text_inside(value)))
