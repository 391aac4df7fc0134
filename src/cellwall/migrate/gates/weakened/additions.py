"""What may be added to code that was there before: new names, assertions, the making of roles. No more.

An added line must not reach what the old lines work on. Python being what it is, this list is strict rather
than complete: whoever wants more puts it into a new test.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Final, final

from cellwall.migrate.gates.weakened.assertions import is_assertion, leaves
from cellwall.migrate.gates.weakened.canonical import own_attribute, role_of, text, text_without_contexts
from cellwall.migrate.gates.weakened.facts import Kind, Line, Unit

# Names that replace things, leave a test, or reach behind it.
REACHING: Final = frozenset({
    "patch", "monkeypatch", "mocker", "Mock", "MagicMock", "AsyncMock", "create_autospec", "setattr",
    "delattr", "setitem", "delitem", "setenv", "skip", "skipif", "xfail", "exit", "_exit", "quit",
    "importorskip", "skipTest", "SkipTest", "abort", "kill", "exec", "eval", "compile", "globals", "locals",
    "vars", "settrace", "setprofile", "builtins", "sys", "ctypes", "gc", "inspect", "importlib", "suppress",
    "flaky", "rerun", "getfixturevalue", "applymarker", "addfinalizer", "add_marker", "deselect",
    "ignore_errors", "pytestmark", "collect_ignore", "collect_ignore_glob", "pytest_plugins", "breakpoint",
    "input", "fork",
})  # fmt: skip
# Methods that change the object they are called on, whatever stands around the call.
CHANGING: Final = frozenset({
    "append", "extend", "insert", "add", "update", "setdefault", "clear", "pop", "popitem", "remove",
    "discard",
    "sort", "reverse", "rotate", "appendleft", "popleft", "difference_update", "intersection_update", "write",
    "writelines", "truncate", "reset", "reset_mock", "configure_mock", "mock_add_spec", "attach_mock",
})  # fmt: skip
# Names at module or class level that pytest and unittest read.
_READ: Final = (
    "pytest",
    "test",
    "Test",
    "assert",
    "setup",
    "setUp",
    "teardown",
    "tearDown",
    "collect_",
    "__",
)
ASYNC_MARK: Final = re.compile(r"^pytest\.mark\.(asyncio|anyio)(\((loop_)?scope='\w+'\))?$")


@final
@dataclass(frozen=True, slots=True)
class Scope:
    """What an added line can meet.

    Attributes:
        unit: the unit as it was; its names are taken.
        bound: names that the old lines bind, parameters included.
        roles: names that hold a role, before or after, with the role.
        values: the texts of the role values that a name held before.
    """

    unit: Unit
    bound: frozenset[str]
    roles: Mapping[str, str]
    values: Mapping[str, Set[str]]


def objections(line: Line, scope: Scope) -> Iterator[str]:
    """Give what is wrong with a line that was added to a unit; nothing when it is harmless."""
    if is_async_mark(line):
        return
    if leaves(line):
        yield "early end added"
        return
    yield from _of_targets(line, scope)
    yield from reaching(line.form.node)
    if mutates(line.form.node, scope.bound - scope.roles.keys()):
        yield "what the test works on is changed"
    if not is_assertion(line) and not line.role:
        yield from _of_calls(line, scope)


def derived(line: Line, bound: Set[str], roles: Mapping[str, str]) -> frozenset[str]:
    """Give the new names that an added line makes from what the old lines work on: aliases of it, maybe."""
    return frozenset(
        name
        for name, value in line.binds
        if name not in roles
        and any(isinstance(inner, ast.Name) and inner.id in bound for inner in ast.walk(value))
    )


def is_async_mark(line: Line) -> bool:
    """Tell whether a line is `pytestmark = pytest.mark.asyncio`, which only makes coroutine tests run."""
    node = line.form.node
    if not (isinstance(node, ast.Assign) and [n for n, _ in line.binds] == ["pytestmark"]):
        return False
    marks = node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value]
    return all(ASYNC_MARK.match(ast.unparse(mark)) for mark in marks)


def _of_targets(line: Line, scope: Scope) -> Iterator[str]:
    if isinstance(line.form.node, ast.Delete | ast.Global | ast.Nonlocal):
        yield "a name of the test is taken away or redirected"
    if isinstance(line.form.node, ast.AugAssign):
        yield "a value of the test is changed"
    named = {name for name, _ in line.binds}
    for name in stored_names(line.form.node) - named:
        if name in scope.unit.names:
            yield f"{name!r}, a name that was there before, gets another value"
    for name, value in line.binds:
        role = role_of(value) or line.role
        if not name.removeprefix("self.").isidentifier():
            yield "a part of an object is replaced"
        elif _is_taken(name, scope.unit) and not (role and _forms(value) & scope.values.get(name, set())):
            yield f"{name!r}, a name that was there before, gets another value"
        elif scope.unit.kind in (Kind.MODULE, Kind.CLASS) and name.startswith(_READ):
            yield f"{name!r} tells the test runner something new"
        elif name.startswith("self.") and not role:
            yield f"{name!r} is kept for other tests"


def _is_taken(name: str, unit: Unit) -> bool:
    """Tell whether old lines know a name; a class's attribute is met as one of self."""
    return name in unit.names or (unit.kind is Kind.CLASS and f"self.{name}" in unit.names)


def stored_names(node: ast.AST) -> frozenset[str]:
    """Give every name that a statement binds anywhere: targets, walrus, `except ... as`, `case` captures."""
    found: set[str] = set()
    for inner in ast.walk(node):
        match inner:
            case ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case (
                ast.ExceptHandler(name=str(name))
                | ast.MatchAs(name=str(name))
                | ast.MatchStar(name=str(name))
            ):
                found.add(name)
            case ast.MatchMapping(rest=str(name)):
                found.add(name)
    return frozenset(found)


def _forms(value: ast.AST) -> set[str]:
    return {text(value), text_without_contexts(value, None)}


def reaching(node: ast.AST, names: Set[str] = REACHING) -> Iterator[str]:
    """Give what in an expression replaces things, leaves the test, or reaches behind it."""
    for inner in ast.walk(node):
        match inner:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                if name in names or name.startswith("__"):
                    yield f"{name!r} added"
            case ast.Yield() | ast.YieldFrom():
                yield "a yield added"


def mutates(node: ast.AST, names: Set[str]) -> bool:
    """Tell whether a changing method is called on one of these names, or on a part of what it holds."""
    return any(
        isinstance(inner, ast.Call)
        and isinstance(inner.func, ast.Attribute)
        and inner.func.attr in CHANGING
        and _root(inner.func) in names
        for inner in ast.walk(node)
    )


def _of_calls(line: Line, scope: Scope) -> Iterator[str]:
    """Object to calls on, or with, what the old lines work on; making roles apart."""
    for call in ast.walk(line.form.node):
        if not isinstance(call, ast.Call) or role_of(call):
            continue
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        for part in (call.func, *given):
            name = _root(part)
            if name in scope.bound and name not in scope.roles:
                yield f"something new is done with {name!r}"
                return
        if isinstance(line.form.node, ast.Expr) and _root(call.func) in scope.unit.names - scope.roles.keys():
            yield "a call added"
            return


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call | ast.Starred | ast.Await):
        if own := own_attribute(node):
            return own
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
