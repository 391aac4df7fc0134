"""What a plan's launch commands ask for, as defaults of a run; what the user gives goes before them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from cellwall.migrate.plan.model import Plan


@dataclass(frozen=True, slots=True)
class LaunchDefaults:
    """The run's options that the plan gives; None where it says nothing.

    Attributes:
        timeout, report_interval: in seconds.
        notes: options that no run has, or whose value cannot be read, each with path:line.
    """

    agents: int | None = None
    pattern: str | None = None
    parallel: bool | None = None
    timeout: float | None = None
    validate_continuously: bool | None = None
    validate_after_update: bool | None = None
    report_interval: float | None = None
    fail_fast: bool | None = None
    notes: tuple[str, ...] = ()


MAX_AGENTS: Final = 64
MAX_SECONDS: Final = 365 * 24 * 3600.0


def launch_defaults(plan: Plan) -> LaunchDefaults:
    """Merge the options of the plan's launch commands; of one that is given twice, the later counts."""
    defaults = LaunchDefaults()
    for command in plan.launch:
        for option, value in command.options.items():
            defaults = _with(defaults, option, value, f"{plan.path}:{command.line}")
    return defaults


def _with(defaults: LaunchDefaults, option: str, value: str, place: str) -> LaunchDefaults:
    if option in _IGNORED:
        return defaults
    if option not in _READERS:
        return replace(defaults, notes=(*defaults.notes, f"{place}: no run has the option {option}"))
    name, read = _READERS[option]
    try:
        return replace(defaults, **{name: read(value)})
    except ValueError as error:
        return replace(defaults, notes=(*defaults.notes, f"{place}: {option} {value!r}: {error}"))


def _agents(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 9 and 1 <= int(value) <= MAX_AGENTS):
        raise ValueError(f"is no number from 1 to {MAX_AGENTS}")
    return int(value)


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= MAX_SECONDS:
        raise ValueError("is no number of seconds")
    return seconds


def _name(value: str) -> str:
    if not value:
        raise ValueError("has no value")
    return value


_TRUTH: Final = MappingProxyType(
    {"": True, "true": True, "yes": True, "1": True, "on": True}
    | {"false": False, "no": False, "0": False, "off": False}
)


def _flag(value: str) -> bool:
    if value.lower() not in _TRUTH:
        raise ValueError("is neither true nor false")
    return _TRUTH[value.lower()]


def _inverse(value: str) -> bool:
    return not _flag(value)


_IGNORED: Final = frozenset({"--plan"})
_READERS: Final[Mapping[str, tuple[str, Callable[[str], Any]]]] = MappingProxyType(
    {
        "--agents": ("agents", _agents),
        "--pattern": ("pattern", _name),
        "--parallel": ("parallel", _flag),
        "--sequential": ("parallel", _inverse),
        "--timeout": ("timeout", _seconds),
        "--validate-continuously": ("validate_continuously", _flag),
        "--no-validate-continuously": ("validate_continuously", _inverse),
        "--validate-after-update": ("validate_after_update", _flag),
        "--no-validate-after-update": ("validate_after_update", _inverse),
        "--report-interval": ("report_interval", _seconds),
        "--fail-fast": ("fail_fast", _flag),
    }
)
