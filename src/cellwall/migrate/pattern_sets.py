"""Pattern sets: what `--pattern NAME` names, a set of capabilities and the rules that they apply."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from cellwall.check.settings import CheckSettings
from cellwall.migrate.capabilities.registry import all_capabilities
from cellwall.migrate.errors import RunUsageError
from cellwall.project.config import ProjectConfig


@dataclass(frozen=True, slots=True)
class PatternSet:
    """A named set: names of capabilities, and names of the checker's rules that they apply."""

    name: str
    capabilities: tuple[str, ...]
    rules: tuple[str, ...]


# Pattern sets by name, each with the names of its capabilities; None takes every built-in one.
_SETS: Final[Mapping[str, tuple[str, ...] | None]] = MappingProxyType({"request_isolation": None})


def pattern_set(name: str) -> PatternSet:
    """Give the pattern set of this name.

    Raises:
        RunUsageError: there is none; the message lists the names.
    """
    if name not in _SETS:
        known = ", ".join(sorted(_SETS))
        raise RunUsageError(f"there is no pattern set {name!r}; choose one of: {known}")
    chosen = _SETS[name]
    capabilities = [c for c in all_capabilities() if chosen is None or c.name in chosen]
    rules = dict.fromkeys(rule for capability in capabilities for rule in capability.rules)
    return PatternSet(name, tuple(capability.name for capability in capabilities), tuple(rules))


def check_settings(project: ProjectConfig, pattern: str, *, include_app: bool = False) -> CheckSettings:
    """Give what the checker runs with in a run of the named pattern set.

    Raises:
        RunUsageError: there is no such pattern set.
    """
    return CheckSettings.from_project(project, rules=pattern_set(pattern).rules, include_app=include_app)
