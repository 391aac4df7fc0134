"""Rules of other distributions: entry points of the group `cellwall.rules`, each naming one rule class."""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from cellwall.check.rule import Rule

GROUP: Final = "cellwall.rules"
_NEEDED: Final = (
    "name",
    "code",
    "family",
    "severity",
    "status",
    "fixes",
    "VALID",
    "INVALID",
    "gate",
    "check",
)


class PluginError(ValueError):
    """A rule of another distribution cannot be used; the text says whose, why, and what to try."""


def plugin_rules() -> "tuple[Rule, ...]":
    """Give one object of each rule that installed distributions offer.

    Raises:
        PluginError: one cannot be imported or is no rule.
    """
    return tuple(_load(point) for point in _points())


def plugin_set() -> tuple[str, ...]:
    """Name the plugins with their versions, without importing one: findings depend on them."""
    return tuple(
        f"{point.name}={point.value}@{point.dist.name if point.dist else ''}"
        f"=={point.dist.version if point.dist else ''}"
        for point in _points()
    )


def _points() -> "list[EntryPoint]":
    if not any(_names_the_group(path) for path in sys.path):
        return []
    from importlib.metadata import entry_points  # ten times the time of the look before

    return sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value))


def _names_the_group(entry: str) -> bool:
    """Tell whether a place on the import path may hold a distribution with rules; an archive always may."""
    if Path(entry).is_file():
        return True
    return any(GROUP.encode() in text for text in _entry_point_files(entry or "."))


def _entry_point_files(folder: str) -> Iterator[bytes]:
    with suppress(OSError), os.scandir(folder) as listed:
        for each in listed:
            if each.name.endswith((".dist-info", ".egg-info")):
                with suppress(OSError):
                    yield Path(each.path, "entry_points.txt").read_bytes()


def _load(point: "EntryPoint") -> "Rule":
    whose = f"the rule {point.name!r} ({point.value}) of {point.dist.name if point.dist else 'a plugin'}"
    remedy = "update or uninstall that distribution"
    try:
        rule = point.load()()
    except Exception as error:  # whatever another distribution's code does while it is imported
        raise PluginError(f"{whose} cannot be loaded: {type(error).__name__}: {error}; {remedy}") from error
    missing = [name for name in _NEEDED if not hasattr(rule, name)]
    if missing:
        raise PluginError(f"{whose} is no rule: it has no {', '.join(missing)}; {remedy}")
    return cast("Rule", rule)
