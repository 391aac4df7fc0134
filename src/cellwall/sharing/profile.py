"""What a library makes for all users, and what must be one user's: by name, nothing is imported."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, final

Judge = Callable[[Any], str]


@final
@dataclass(frozen=True, slots=True)
class Profile:
    """One library, by the full names of its types (`module.Class`, of the type itself or a base).

    `made_for_all`: never reported and not looked into, with the reason.
    `per_user`: must not be shared; the function is given the object and tells why, or "" where this one is
    harmless after all.
    """

    library: str
    made_for_all: Mapping[str, str] = field(default_factory=dict)
    per_user: Mapping[str, Judge] = field(default_factory=dict)


def always(why: str) -> Judge:
    """Give a judge that says this of every object."""
    return lambda _: why


@final
class Profiles:
    """Several profiles as one, asked by type; the answer is remembered."""

    def __init__(self, profiles: Sequence[Profile]) -> None:
        self._made_for_all = {name: why for one in profiles for name, why in one.made_for_all.items()}
        self._per_user = {name: judge for one in profiles for name, judge in one.per_user.items()}
        self._known: dict[type, tuple[bool, Judge | None]] = {}

    def of(self, cls: type) -> tuple[bool, Judge | None]:
        """Tell whether instances are made for all, and who judges one that is shared."""
        known = self._known.get(cls)
        if known is None:
            names = [f"{each.__module__}.{each.__qualname__}" for each in cls.__mro__]
            judge = next((self._per_user[name] for name in names if name in self._per_user), None)
            known = judge is None and any(name in self._made_for_all for name in names), judge
            self._known[cls] = known
        return known


NO_PROFILES: Final = Profiles(())
