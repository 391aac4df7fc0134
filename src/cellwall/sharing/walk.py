"""The walk: all that can be reached from one object, each with the object that led to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, final

from cellwall.sharing.children import children_of, named_children_of
from cellwall.sharing.kinds import kind_of
from cellwall.sharing.profile import Profiles

LIMIT: Final = 5_000_000  # objects of one walk


@final
class Walk:
    """Breadth first, so that paths are short; keeps what it saw alive, so that identities stay unique.

    `stop(value)` is asked of each object that is entered: True ends the walk there.
    """

    def __init__(self, profiles: Profiles, *, limit: int = LIMIT) -> None:
        self._profiles = profiles
        self._limit = limit
        self._from: dict[int, tuple[Any, Any]] = {}
        self.complete: bool = True

    def __contains__(self, value: object) -> bool:
        return id(value) in self._from

    def __len__(self) -> int:
        return len(self._from)

    def run(self, start: object, stop: Callable[[object], bool] | None = None) -> None:
        """Walk from `start`; `complete` is False afterwards where the limit was met."""
        reached, skip = self._from, _Skips(self._profiles)
        reached[id(start)] = (start, None)
        level = [start]
        while level:
            below: list[object] = []
            for value in level:
                if stop is not None and stop(value):
                    continue
                for child in children_of(value, kind_of(type(value))):
                    if skip[type(child)]:
                        continue
                    key = id(child)
                    if key not in reached:
                        reached[key] = (child, value)
                        below.append(child)
            if len(reached) > self._limit:
                self.complete = False
                return
            level = below

    def path(self, value: object, root: str) -> str:
        """Give how `value` is reached, as an expression that begins with `root`."""
        labels: list[str] = []
        while (parent := self._from[id(value)][1]) is not None:
            labels.append(_label(parent, value))
            value = parent
        return root + _as_attributes("".join(reversed(labels)))


class _Skips(dict[type, bool]):
    """Whether instances of a type are passed over; decided on the first one."""

    def __init__(self, profiles: Profiles) -> None:
        super().__init__()
        self._profiles = profiles

    def __missing__(self, cls: type) -> bool:
        made_for_all, judge = self._profiles.of(cls)
        self[cls] = answer = made_for_all or (judge is None and kind_of(cls).skip)
        return answer


def _label(parent: object, child: object) -> str:
    for label, held in named_children_of(parent, kind_of(type(parent))):
        if held is child:
            return label
    return ".<gone>"


def _as_attributes(path: str) -> str:
    """Write `.__dict__['name']` as `.name`."""
    before, *rest = path.split(".__dict__['")
    for part in rest:
        name, end, after = part.partition("']")
        before += f".{name}{after}" if end and name.isidentifier() else f".__dict__['{part}"
    return before
