"""The calls of a module by the last name of what they call, so that no rule needs to look at all of them."""

import ast
from collections.abc import Iterable
from typing import NamedTuple

from cellwall.check.module_facts import ModuleFacts, last_name
from cellwall.check.origin import last_names


class _Calls(NamedTuple):
    """Where the calls of each last name stand in the list of all calls.

    `unsure` are those whose spelling says nothing: of names that stand for something else, and of no name.
    """

    by_name: dict[str | None, list[int]]
    unsure: frozenset[int]


def calls_of(module: ModuleFacts, patterns: tuple[str, ...]) -> list[ast.Call]:
    """Give the calls of what `ModuleFacts.matches` says is one of these patterns, in source order."""
    known = module.fact(_calls)
    spelled = _spelled(known, last_names(patterns))
    calls = module.of(ast.Call)
    found = (calls[place] for place in sorted(known.unsure.union(spelled)))
    return [call for call in found if module.matches(call.func, patterns) is not None]


def calls_named(module: ModuleFacts, names: Iterable[str]) -> list[ast.Call]:
    """Give the calls that are spelled with one of these last names, in source order."""
    calls = module.of(ast.Call)
    return [calls[place] for place in sorted(_spelled(module.fact(_calls), names))]


def _spelled(known: _Calls, names: Iterable[str]) -> list[int]:
    return [place for name in names for place in known.by_name.get(name, ())]


def _calls(module: ModuleFacts) -> _Calls:
    by_name: dict[str | None, list[int]] = {}
    calls = module.of(ast.Call)
    for place, call in enumerate(calls):
        by_name.setdefault(last_name(call.func), []).append(place)
    unsure = set(by_name.get(None, ()))
    for name in by_name.keys() & module.project.alias_names:
        unsure.update(by_name[name])
    for name in by_name.keys() & module.renamed:
        unsure.update(place for place in by_name[name] if isinstance(calls[place].func, ast.Name))
    return _Calls(by_name, frozenset(unsure))
