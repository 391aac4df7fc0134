"""Rules of other distributions: entry points of the group `cellwall.rules`, each naming one rule class."""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from cellwall.check.deferred_pattern import deferred
from cellwall.check.time_limit import SECONDS, TooSlow, limited

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


_CODE: Final = deferred(r"[A-Z]{1,8}[0-9]{1,6}")
_NAME: Final = deferred(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class PluginError(ValueError):
    """A rule of another distribution cannot be used; the text says whose, why, and what to try."""


def plugin_rules() -> "tuple[Rule, ...]":
    """Give one object of each rule that installed distributions offer.

    Raises:
        PluginError: one cannot be imported, or is no rule.
    """
    return tuple(_load(point) for point in _points())


def plugin_set() -> tuple[str, ...]:
    """Name the plugins with their versions and files, without importing one: findings depend on them."""
    points = _points()
    modules = {point.module.partition(".")[0]: None for point in points}
    return (
        *(
            f"{point.name}={point.value}@{point.dist.name if point.dist else ''}"
            f"=={point.dist.version if point.dist else ''}"
            for point in points
        ),
        *(told for module in modules for told in _files_of(module)),
    )


def _files_of(module: str) -> Iterator[str]:
    """Name the files of a module or package with size and time: whoever works on a rule sees its findings."""
    from importlib.util import find_spec

    spec = find_spec(module)
    if spec is None:
        return
    folders = spec.submodule_search_locations
    paths = [Path(spec.origin)] if spec.origin else []
    for folder in folders or ():
        paths += sorted(Path(folder).rglob("*.py"))
    for path in paths:
        with suppress(OSError):
            status = path.stat()
            yield f"{path}:{status.st_size}:{status.st_mtime_ns}"


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
        with limited(SECONDS):
            rule = point.load()()
    except TooSlow as error:
        raise PluginError(
            f"{whose} cannot be loaded: it takes more than {SECONDS:.0f} s; {remedy}"
        ) from error
    except (Exception, SystemExit) as error:  # whatever another distribution's code does when it is imported
        raise PluginError(f"{whose} cannot be loaded: {type(error).__name__}: {error}; {remedy}") from error
    problem = _problem(rule)
    if problem:
        raise PluginError(f"{whose} is no rule: {problem}; {remedy}")
    return cast("Rule", rule)


def _problem(rule: object) -> str:
    """Say what makes an object no rule, "" where it may be one."""
    from cellwall.check.edit import Safety
    from cellwall.check.family import Family
    from cellwall.check.finding import Severity
    from cellwall.check.rule import Status

    missing = [name for name in _NEEDED if not hasattr(rule, name)]
    if missing:
        return f"it has no {', '.join(missing)}"
    kinds = {"name": str, "code": str, "family": Family, "severity": Severity, "status": Status}
    for name, kind in kinds.items():
        value = getattr(rule, name)
        if not isinstance(value, kind):
            return f"its {name} is {value!r}, no {kind.__name__}"
    made = cast("Rule", rule)
    if made.fixes is not None and not isinstance(made.fixes, Safety):
        return f"its fixes is {made.fixes!r}, no Safety and not None"
    if not (_CODE.fullmatch(made.code) and _NAME.fullmatch(made.name)):
        return f"{made.code!r} is no code such as AB123, or {made.name!r} no name such as no-shouting"
    return "" if callable(made.gate) and callable(made.check) else "its gate or check cannot be called"
