"""Module globals, class attributes and context variables before and after, with the lines that write them."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self, final

from cellwall.sharing.profile import Profiles
from cellwall.sharing.profiles.cellwall import PROFILE
from cellwall.sharing.shared import OwnersIn
from cellwall.sharing.snapshot import NODES, Contents, Place, differs, places, snapshot
from cellwall.sharing.text_inside import text_among, text_inside
from cellwall.sharing.written_lines import written_lines

_LINES: Final = 5


@final
@dataclass(frozen=True, slots=True)
class Change:
    """A value that all users share and that is not what it was.

    `lines` are the `path:line` of the code that can write it, as far as the source tells; `holds` the
    owners whose values are inside it now, and were not before.
    """

    place: Place
    lines: tuple[str, ...]
    holds: frozenset[str]

    def __str__(self) -> str:
        holds = f" and holds values of {', '.join(sorted(self.holds))}" if self.holds else ""
        shown = ", ".join(self.lines[:_LINES]) or "a place that the source does not tell"
        return f"{self.place} changed{holds}; written at {shown}"


@final
class GlobalsWatch:
    """Compares what the modules, their classes and the current context hold at the block's begin and end.

    `owners_in` tells whose values stand in a text, as `CanaryBook.owners_in` does. A value that changed is
    not yet a leak; one that holds one user's values where all can reach it is next to it.

    Example:
        >>> import types
        >>> shop = types.ModuleType("shop")
        >>> shop.LAST = None
        >>> with GlobalsWatch([shop]) as watch:
        ...     shop.LAST = "alice"
        >>> [str(change.place) for change in watch.changes]
        ['module global shop.LAST']
    """

    def __init__(self, modules: Iterable[types.ModuleType], *, owners_in: OwnersIn | None = None) -> None:
        self._modules = tuple(modules)
        self._owners_in = owners_in
        self._before: dict[Place, Contents] = {}
        self.changes: tuple[Change, ...] = ()

    def __enter__(self) -> Self:
        """Note what is there."""
        self._before = snapshot(self._modules)
        return self

    def __exit__(self, *_: object) -> None:
        """Compare; `changes` has what differs."""
        lines = {module.__name__: _lines_of(module) for module in self._modules}
        self.changes = tuple(
            self._change(place, contents, lines.get(place.module, {}))
            for place, contents in snapshot(self._modules).items()
            if place not in self._before or differs(self._before[place], contents)
        )

    def _change(self, place: Place, contents: Contents, lines: Mapping[str, tuple[str, ...]]) -> Change:
        owners: frozenset[str] = frozenset()
        if self._owners_in is not None:
            owners = frozenset(self._owners_in(text_among(contents)))
            owners -= frozenset(self._owners_in(text_among(self._before.get(place, ()))))
        return Change(place, lines.get(place.name, ()), owners)


def held_by_globals(
    modules: Iterable[types.ModuleType], *, owners_in: OwnersIn, limit: int = NODES
) -> tuple[Change, ...]:
    """Give what the modules, their classes and the current context hold of anybody's values now.

    For values that were nowhere before, as canaries of one run are: then there is nothing to compare with,
    and one look is enough. At most `limit` objects are looked at inside one value, and none inside Cellwall's
    own stores that keep owners apart; what other libraries make for all users is looked into, since a value
    of one user in it is just what is looked for.
    """
    found = []
    ours = Profiles([PROFILE])
    for place, value in places(modules):
        owners = frozenset(owners_in(text_inside(value, limit, ours)))
        if owners:
            home = sys.modules.get(place.module)
            lines = _lines_of(home) if home is not None else {}
            found.append(Change(place, lines.get(place.name, ()), owners))
    return tuple(found)


def _lines_of(module: types.ModuleType) -> dict[str, tuple[str, ...]]:
    name = getattr(module, "__file__", None)
    try:
        source = Path(name).read_text(encoding="utf-8") if name and name.endswith(".py") else ""
    except (OSError, UnicodeDecodeError):
        return {}
    shown = _shown(name or "")
    return {
        written: tuple(f"{shown}:{line}" for line in lines)
        for written, lines in written_lines(source).items()
    }


def _shown(name: str) -> str:
    path = Path(name)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else name
