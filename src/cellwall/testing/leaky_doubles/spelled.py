"""Where in the target a role is reached: read from its import lines and its expression. Imports nothing."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Any

# In the order of preference: which placeholder says whom a call works for.
OWNERS = ("context", "user_id", "token")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_SENTINEL = "cellwall_placeholder_"


class NotMadeError(Exception):
    """A double cannot be made; the text says why."""


@dataclass(frozen=True)
class Point:
    """One name that the role's expression imports, and what is done with it.

    `steps` are attributes on the way from the imported name; `owner` is the position or the keyword of the
    argument that says whom the call works for, None where no argument does.
    """

    module: str
    name: str
    steps: tuple[str, ...] = ()
    called: bool = False
    owner: int | str | None = None

    @property
    def text(self) -> str:
        """Give the dotted name, for people."""
        return ".".join((self.module, *filter(None, [self.name]), *self.steps))


def point_of(role: str, imports: list[str], create: str) -> Point:
    """Find the call in the role's expression that works for somebody, or else the outermost call or name.

    Raises:
        NotMadeError: the expression uses no name that the role imports.
    """
    names = _imported(imports)
    tree = ast.parse(_PLACEHOLDER.sub(rf"{_SENTINEL}\1", create).strip(), mode="eval").body
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for placeholder in OWNERS:
        for call in calls:
            where = _where(call, _SENTINEL + placeholder)
            point = _point(call.func, names)
            if point and where is not None:
                return Point(point.module, point.name, point.steps, True, where)
    for call in calls:
        point = _point(call.func, names)
        if point:
            return Point(point.module, point.name, point.steps, True)
    for node in ast.walk(tree):
        point = _point(node, names)
        if point:
            return point
    raise NotMadeError(f"the role {role!r} is spelled {create!r}, which uses no name that it imports")


def _imported(lines: list[str]) -> dict[str, tuple[str, str]]:
    """Give local name -> (module, name in it); the second is "" for a module."""
    found: dict[str, tuple[str, str]] = {}
    for line in lines:
        for node in ast.parse(line).body:
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    found[alias.asname or alias.name] = (node.module or "", alias.name)
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    local = alias.asname or alias.name.partition(".")[0]
                    found[local] = (alias.name if alias.asname else local, "")
    return found


def _point(node: Any, names: dict[str, tuple[str, str]]) -> Point | None:
    steps: list[str] = []
    while isinstance(node, ast.Attribute):
        steps.insert(0, node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in names:
        return None
    return Point(*names[node.id], tuple(steps))


def _where(call: ast.Call, sentinel: str) -> int | str | None:
    """Give the place of the argument that holds the placeholder and no call around it."""
    for position, argument in enumerate(call.args):
        if _holds(argument, sentinel):
            return position
    for keyword in call.keywords:
        if keyword.arg and _holds(keyword.value, sentinel):
            return keyword.arg
    return None


def _holds(node: ast.AST, sentinel: str) -> bool:
    if isinstance(node, ast.Call) and not isinstance(node.func, ast.Name):
        return False  # `Factory.of(session(context))`: the inner call is the one that works for somebody
    return any(isinstance(inner, ast.Name) and inner.id == sentinel for inner in ast.walk(node))
