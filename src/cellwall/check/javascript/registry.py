"""Finds the rules about scripts: every file in `cellwall.check.javascript.rules` holds one rule's class."""

import inspect
import pkgutil
from functools import lru_cache
from importlib import import_module
from typing import cast

import cellwall.check.javascript.rules
from cellwall.check.javascript.script_rule import ScriptRule


@lru_cache(maxsize=1)
def script_rules() -> tuple[ScriptRule, ...]:
    """Give one object of every rule about scripts, by code."""
    rules: list[ScriptRule] = []
    for info in pkgutil.iter_modules(cellwall.check.javascript.rules.__path__):
        module = import_module(f"cellwall.check.javascript.rules.{info.name}")
        for _, cls in inspect.getmembers(module, inspect.isclass):
            if cls.__module__ == module.__name__ and hasattr(cls, "code") and hasattr(cls, "INVALID"):
                rules.append(cast(ScriptRule, cls()))
    return tuple(sorted(rules, key=lambda rule: rule.code))
