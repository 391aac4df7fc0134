"""Which test modules set two users against each other: a count for the report, by the syntax alone.

A test counts when it makes at least two users and asserts something. A user is made by a call that is given
one: by a keyword such as `user_id`, or as the first argument of a call whose name speaks of users. A user
made in a loop from something that changes counts as several. What the assertions prove is not looked at.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Final

from cellwall.check.parse import ParseError, parse
from cellwall.migrate.terms import Terms

USER_KEYWORDS: Final = frozenset({"user", "user_id", "owner", "owner_id", "username", "user_context"})
MAKES_USER: Final = re.compile(r"user|context|connect|token|login|authenticate", re.IGNORECASE)
LOOPS: Final = (ast.For, ast.AsyncFor, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
AREAS: Final = {
    "all": Terms(()),
    "websocket": Terms((("websocket", "web socket", "socket"),)),
    "critical": Terms((("critical",),)),
}


def two_user_figures(modules: Iterable[tuple[str, bytes]]) -> dict[str, dict[str, int]]:
    """Give {area: {modules, two_users}} of (path, source) pairs; a path's words say its area."""
    figures = {area: {"modules": 0, "two_users": 0} for area in AREAS}
    for path, source in modules:
        have = has_two_user_test(source)
        for area, terms in AREAS.items():
            if terms.cover(path):
                figures[area]["modules"] += 1
                figures[area]["two_users"] += have
    return figures


def has_two_user_test(source: bytes) -> bool:
    """Tell whether a module holds a test of two users; one that does not parse holds none."""
    if b"def test" not in source:
        return False
    parsed = parse(source)
    return not isinstance(parsed, ParseError) and any(map(_two_users, _tests(parsed.tree.body)))


def _tests(body: Iterable[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from _tests(node.body)


def _two_users(test: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    nodes = list(ast.walk(test))
    if not any(map(_asserts, nodes)):
        return False
    users = {user for node in nodes for user in _user_of(node)}
    looped = (inner for loop in nodes if isinstance(loop, LOOPS) for inner in ast.walk(loop))
    return len(users) > 1 or any(
        user for node in looped for user in _user_of(node) if not user.startswith("'")
    )


def _asserts(node: ast.AST) -> bool:
    return isinstance(node, ast.Assert) or (
        isinstance(node, ast.Call) and _called(node).startswith(("assert", "raises"))
    )


def _called(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _user_of(node: ast.AST) -> Iterator[str]:
    """Give how the call names its user: a quoted text, or the name that holds it."""
    if not isinstance(node, ast.Call):
        return
    given = [keyword.value for keyword in node.keywords if keyword.arg in USER_KEYWORDS]
    if not given and node.args and MAKES_USER.search(_called(node)):
        given = [node.args[0]]
    yield from filter(None, map(_name, given))


def _name(value: ast.expr) -> str:
    if isinstance(value, ast.Constant):
        return repr(value.value) if isinstance(value.value, str) else ""
    if isinstance(value, ast.JoinedStr):
        return "f-string"
    return value.id if isinstance(value, ast.Name) else ""
