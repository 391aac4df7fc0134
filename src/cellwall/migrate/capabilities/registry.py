"""The built-in capabilities: each file of this folder that has a CAPABILITY is one."""

import pkgutil
from functools import cache
from importlib import import_module

from cellwall.migrate import capabilities
from cellwall.migrate.capabilities.capability import Capability, Match, match


@cache
def all_capabilities() -> tuple[Capability, ...]:
    """Give the capabilities, sorted by name."""
    modules = (
        import_module(f"{capabilities.__name__}.{m.name}")
        for m in pkgutil.iter_modules(capabilities.__path__)
    )
    found = [module.CAPABILITY for module in modules if hasattr(module, "CAPABILITY")]
    return tuple(sorted(found, key=lambda capability: capability.name))


def capability_named(name: str) -> Capability:
    """Give the capability of this name; raises KeyError."""
    return {capability.name: capability for capability in all_capabilities()}[name]


def match_task(text: str) -> Match | None:
    """Give the capability that covers a plan's task, told by the words of its sentence, or None.

    >>> match_task("Replace every WidgetRegistry.get_widget() by a factory").capability.name
    'replace-registry-access'
    """
    return match(text, all_capabilities())
