"""The sinks, one file each; the folder is the registry."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cellwall.canary.sink import Sink


def all_sinks() -> list[Sink]:
    """Make one of each sink: the class `...Sink` of each file of this folder, in the order of their names."""
    return [kind() for kind in _kinds()]


@cache  # a watch for each test makes them anew, and the folder stays as it is
def _kinds() -> tuple[type[Sink], ...]:
    found: list[type[Sink]] = []
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda one: one.name):
        members = vars(import_module(f"{__name__}.{module.name}"))
        found.extend(
            member
            for name, member in members.items()
            if name.endswith("Sink") and getattr(member, "__module__", "").endswith(f".{module.name}")
        )
    return tuple(found)
