"""Finds the rules: every file in `cellwall.check.rules` holds one class that is a rule."""

import inspect
import pkgutil
from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from typing import cast

import cellwall.check.rules
from cellwall.check.rule import Rule


@lru_cache(maxsize=1)
def all_rules() -> tuple[Rule, ...]:
    """Give one object of every rule, by code."""
    rules: list[Rule] = []
    for info in pkgutil.iter_modules(cellwall.check.rules.__path__):
        module = import_module(f"cellwall.check.rules.{info.name}")
        for _, cls in inspect.getmembers(module, inspect.isclass):
            if cls.__module__ == module.__name__ and hasattr(cls, "code") and hasattr(cls, "INVALID"):
                rules.append(cast(Rule, cls()))
    return tuple(sorted(rules, key=lambda rule: rule.code))


@lru_cache(maxsize=32)
def selected_rules(names: tuple[str, ...]) -> Sequence[Rule]:
    """Give the rules with these names or codes; all rules when none are named.

    Raises:
        ValueError: a name is unknown; the text lists the known ones.
    """
    unknown = [name for name in names if not any(name in (rule.name, rule.code) for rule in all_rules())]
    if unknown:
        known = ", ".join(f"{rule.code} {rule.name}" for rule in all_rules())
        raise ValueError(f"no rule is called {unknown[0]!r}; there are: {known}")
    return [rule for rule in all_rules() if not names or rule.name in names or rule.code in names]
