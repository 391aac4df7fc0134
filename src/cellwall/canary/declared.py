"""Sharing that is meant: which owner's values may be seen by whom, or where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

from cellwall.project.number_of import number_of

EVERYBODY: Final = "*"


@final
@dataclass(frozen=True, slots=True)
class Declared:
    """`owner`'s values may be seen by the user `to`, or at a place that names the resource `to`."""

    owner: str
    to: str
    used: int  # how many sightings it explained

    def __str__(self) -> str:
        whose = "everybody's" if self.owner == EVERYBODY else f"{self.owner}'s"
        return f"{whose} values may be seen by or in {self.to} (seen {number_of(self.used, 'time')})"


@final
class DeclaredSharing:
    """What was declared, and how often it was needed."""

    def __init__(self) -> None:
        self._used: dict[tuple[str, str], int] = {}

    def add(self, owner: str, *others_or_resources: str) -> None:
        """Note one declaration for each of the others."""
        for other in others_or_resources:
            self._used.setdefault((owner, other), 0)

    def permits(self, owner: str, viewer: str, where: str) -> bool:
        """Whether one of the declarations explains that `viewer` sees `owner`'s value at `where`."""
        for (whose, to), used in self._used.items():
            if whose in (owner, EVERYBODY) and (to in (viewer, EVERYBODY) or _names(where, to)):
                self._used[whose, to] = used + 1
                return True
        return False

    def all(self) -> tuple[Declared, ...]:
        """Give the declarations in the order they were made."""
        return tuple(Declared(owner, to, used) for (owner, to), used in self._used.items())


def _names(where: str, resource: str) -> bool:
    """Whether the place has the resource as a word: `room-1` is in `/rooms/room-1`, not in `/room-12`."""
    start = where.find(resource) if resource else -1
    while start >= 0:
        end = start + len(resource)
        before = where[start - 1 : start] if _is_word(resource[0]) else ""
        after = where[end : end + 1] if _is_word(resource[-1]) else ""
        if not _is_word(before) and not _is_word(after):
            return True
        start = where.find(resource, start + 1)
    return False


def _is_word(character: str) -> bool:
    return character.isalnum() or character in ("-", "_")
