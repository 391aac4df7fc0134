"""Which tests set two users against each other: counts for the report, by the syntax alone.

A test counts when it makes at least two users and asserts something. A user is made by a call that is given
one: by a keyword such as `user_id`, or as the first argument of a call whose name speaks of users, of a role
that takes a user, or of a function inside the test that makes one of it. A user made in a loop from something
that changes counts as several. What the assertions prove is not looked at.
"""

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from cellwall.check.node_index import Function
from cellwall.check.parse import ParseError, parse
from cellwall.migrate.globs import Glob
from cellwall.migrate.named_tests import named_tests
from cellwall.migrate.terms import Terms

USER_KEYWORDS: Final = frozenset({"user", "user_id", "owner", "owner_id", "username", "user_context"})
MAKES_USER: Final = re.compile(r"user|context|connect|token|login|authenticate", re.IGNORECASE)
LOOPS: Final = (ast.For, ast.AsyncFor, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
AREAS: Final = {
    "all": Terms(()),
    "websocket": Terms((("websocket", "web socket", "socket"),)),
    "critical": Terms((("critical",),)),
}


def areas_of(path: str, critical: Sequence[str] = ()) -> list[str]:
    """Give the areas of a test module: its path's words say them; globs say what is critical where given."""
    named = [area for area, terms in AREAS.items() if terms.cover(path)]
    if not critical:
        return named
    reached = any(Glob(glob).matches(path) for glob in critical)
    return [area for area in named if area != "critical"] + ["critical"] * reached


def two_user_figures(
    modules: Iterable[tuple[str, bytes]], critical: Sequence[str] = (), makers: Collection[str] = ()
) -> dict[str, dict[str, int]]:
    """Give {area: {modules, two_users}} of (path, source) pairs; `makers` are names called with a user."""
    figures = {area: {"modules": 0, "two_users": 0} for area in AREAS}
    for path, source in modules:
        have = has_two_user_test(source, makers)
        for area in areas_of(path, critical):
            figures[area]["modules"] += 1
            figures[area]["two_users"] += have
    return figures


def has_two_user_test(source: bytes, makers: Collection[str] = ()) -> bool:
    """Tell whether a module holds a test of two users; one that does not parse holds none."""
    return bool(two_user_tests(source, makers))


def two_user_tests(source: bytes, makers: Collection[str] = ()) -> list[str]:
    """Give the names of the module's tests of two users, as pytest spells them: `test_x`, `TestY::test_x`."""
    if b"def test" not in source:
        return []
    parsed = parse(source)
    if isinstance(parsed, ParseError):
        return []
    return [name for name, test in named_tests(parsed.tree.body) if _two_users(test, makers)]


def _two_users(test: Function, makers: Collection[str]) -> bool:
    nodes = list(ast.walk(test))
    if not any(map(_asserts, nodes)):
        return False
    makers = {*makers, *_own_makers(test, nodes, makers)}
    users = {user for node in nodes for user in _user_of(node, makers)}
    looped = (inner for loop in nodes if isinstance(loop, LOOPS) for inner in ast.walk(loop))
    return len(users) > 1 or any(
        user for node in looped for user in _user_of(node, makers) if not user.startswith("'")
    )


def _own_makers(test: Function, nodes: Iterable[ast.AST], makers: Collection[str]) -> Iterator[str]:
    """Give the functions inside the test that make a user of their first parameter."""
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node is not test and node.args.args:
            first = node.args.args[0].arg
            if any(first in _user_of(inner, makers) for inner in ast.walk(node)):
                yield node.name


def _asserts(node: ast.AST) -> bool:
    return isinstance(node, ast.Assert) or (
        isinstance(node, ast.Call) and _called(node).startswith(("assert", "raises"))
    )


def _called(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _user_of(node: ast.AST, makers: Collection[str]) -> Iterator[str]:
    """Give how the call names its user: a quoted text, or the name that holds it."""
    if not isinstance(node, ast.Call):
        return
    given = [keyword.value for keyword in node.keywords if keyword.arg in USER_KEYWORDS]
    if not given and node.args and (MAKES_USER.search(_called(node)) or _called(node) in makers):
        given = [node.args[0]]
    yield from filter(None, map(_name, given))


def _name(value: ast.expr) -> str:
    if isinstance(value, ast.Constant):
        return repr(value.value) if isinstance(value.value, str) else ""
    if isinstance(value, ast.JoinedStr):
        return "f-string"
    return value.id if isinstance(value, ast.Name) else ""
