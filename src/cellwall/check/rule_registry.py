"""Finds the rules: every file in `cellwall.check.rules` holds one rule's class; plugins add theirs."""

import inspect
import pkgutil
from functools import lru_cache
from importlib import import_module
from typing import cast

import cellwall.check.rules
from cellwall.check.javascript.registry import script_rules
from cellwall.check.javascript.script_rule import ScriptRule
from cellwall.check.output.printable import printable
from cellwall.check.rule import Rule
from cellwall.check.rule_plugins import PluginError, plugin_rules


@lru_cache(maxsize=1)
def all_rules() -> tuple[Rule, ...]:
    """Give one object of every rule, by code.

    Raises:
        PluginError: a rule of another distribution cannot be used, or has the name or code of another rule.
    """
    rules = list(own_rules())
    for rule in plugin_rules():
        double = next((r for r in rules if rule.code == r.code or rule.name == r.name), None)
        if double is not None:
            raise PluginError(
                f"the rule {rule.code} {rule.name} of a plugin has the code or name of {double.code} "
                f"{double.name}; uninstall one of them"
            )
        rules.append(rule)
    return tuple(sorted(rules, key=lambda rule: rule.code))


@lru_cache(maxsize=1)
def own_rules() -> tuple[Rule, ...]:
    """Give one object of every rule of Cellwall's own, by code."""
    rules: list[Rule] = []
    for info in pkgutil.iter_modules(cellwall.check.rules.__path__):
        module = import_module(f"cellwall.check.rules.{info.name}")
        for _, cls in inspect.getmembers(module, inspect.isclass):
            if cls.__module__ == module.__name__ and hasattr(cls, "code") and hasattr(cls, "INVALID"):
                rules.append(cast(Rule, cls()))
    return tuple(sorted(rules, key=lambda rule: rule.code))


def every_rule() -> tuple[Rule | ScriptRule, ...]:
    """Give the rules for all languages, by code."""
    return (*all_rules(), *script_rules())


def no_such_rule(word: str) -> str:
    """Say that no rule is called so, which one may be meant, and where they are listed."""
    from difflib import get_close_matches

    names = [rule.name for rule in every_rule()]
    lower = word.lower()
    close = get_close_matches(lower, names, n=1) or [
        n for n in names if len(word) > 3 and n.startswith(lower)
    ]
    meant = f"; did you mean {close[0]!r}?" if close else ";"
    return f"no rule is called {printable(word)!r}{meant} `cellwall rule` lists them"


def find_rule(word: str) -> Rule | ScriptRule | None:
    """Give the rule with this name or code, in any case; None when there is none."""
    return next((rule for rule in every_rule() if word.lower() in (rule.name, rule.code.lower())), None)
