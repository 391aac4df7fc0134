"""Finds the calls by which code reaches a role, and which of their arguments fills a placeholder."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from cellwall.check.bindings import imported_names
from cellwall.check.called_names import calls_of
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.pytest_facts import spelled
from cellwall.project.roles import Role

_MARK: Final = "placeholder__"


class Slot(NamedTuple):
    """The head of a role's expression, and where in its arguments one placeholder stands alone.

    `keyword` is the name in front of it, None for one given by its place; `place` is that one, from nought.
    """

    head: str
    place: int
    keyword: str | None
    others: int

    def given(self, call: ast.Call) -> ast.expr | None:
        """Give the argument of a call that fills this slot."""
        for keyword in call.keywords:
            if keyword.arg is not None and keyword.arg == self.keyword:
                return keyword.value
        plain = call.args if self.keyword is None else []
        return plain[self.place] if len(plain) > self.place else None


@lru_cache(maxsize=64)
def slot_of(role: Role | None, placeholder: str) -> Slot | None:
    """Give the slot of a placeholder in a role; None where the expression is no call with one."""
    if role is None or f"{{{placeholder}}}" not in role.create:
        return None
    try:
        call = ast.parse(re.sub(r"\{(\w+)\}", rf"{_MARK}\1", role.create), mode="eval").body
    except (SyntaxError, ValueError):
        return None
    head = spelled(call.func) if isinstance(call, ast.Call) else ""
    if not isinstance(call, ast.Call) or not head or _MARK in head:
        return None
    places = [(None, index, value) for index, value in enumerate(call.args)]
    named = [(keyword.arg, 0, keyword.value) for keyword in call.keywords]
    for name, index, value in (*places, *named):
        if isinstance(value, ast.Name) and value.id == _MARK + placeholder:
            return Slot(head, index, name, len(call.args) + len(call.keywords) - 1)
    return None


def calls_role(module: ModuleFacts, call: ast.Call, role: Role, head: str) -> bool:
    """Tell whether a call is of what the role's expression calls, by whatever name it is known here."""
    names = _names(module, role, head)
    return bool(names) and module.matches(call.func, names) is not None


def calls_of_role(module: ModuleFacts, role: Role, head: str) -> list[ast.Call]:
    """Give the calls of a module for which `calls_role` says so, in source order."""
    names = _names(module, role, head)
    return calls_of(module, names) if names else []


def _names(module: ModuleFacts, role: Role, head: str) -> tuple[str, ...]:
    return tuple(n for target in _targets(role.imports, head) for n in module.project.names(target))


@lru_cache(maxsize=64)
def _targets(statements: tuple[str, ...], head: str) -> tuple[str, ...]:
    """Give the dotted names that a head stands for where the role's imports are in force."""
    root, dot, rest = head.partition(".")
    return tuple(
        f"{binding.target}{dot}{rest}"
        for statement in statements
        for node in ast.parse(statement).body
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for binding in imported_names(node, "")
        if binding.name == root
    )


def calls_by(head: str, calls: Iterable[ast.Call]) -> Iterator[ast.Call]:
    """Give the calls that are spelled as a role's expression is."""
    return (call for call in calls if spelled(call.func) == head)
