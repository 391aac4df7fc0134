"""Rules of other distributions: entry points of the group `cellwall.rules`, each naming one rule class."""

from importlib.metadata import EntryPoint, entry_points
from typing import Final, cast

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


def plugin_rules() -> tuple[Rule, ...]:
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


def _points() -> list[EntryPoint]:
    return sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value))


def _load(point: EntryPoint) -> Rule:
    whose = f"the rule {point.name!r} ({point.value}) of {point.dist.name if point.dist else 'a plugin'}"
    remedy = "update or uninstall that distribution"
    try:
        rule = point.load()()
    except Exception as error:  # whatever another distribution's code does while it is imported
        raise PluginError(f"{whose} cannot be loaded: {type(error).__name__}: {error}; {remedy}") from error
    missing = [name for name in _NEEDED if not hasattr(rule, name)]
    if missing:
        raise PluginError(f"{whose} is no rule: it has no {', '.join(missing)}; {remedy}")
    return cast(Rule, rule)
