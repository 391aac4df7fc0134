"""Makes a synchronous test or fixture async where a replacement must be awaited, or says why it cannot be."""

import ast
from typing import NamedTuple

from cellwall.check.edit import Edit
from cellwall.check.function_results import results
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function, walk
from cellwall.check.place import is_named_elsewhere, runs_directly_in
from cellwall.check.reason import Reason
from cellwall.check.rule import Refusal, RuleContext

_OWN_LOOP = frozenset(
    {"asyncio.run", "asyncio.Runner", "anyio.run", "asyncio.get_event_loop", "asyncio.new_event_loop"}
)


class AsyncCaller(NamedTuple):
    """What makes the function around a place async; nothing when it is already."""

    edits: tuple[Edit, ...] = ()
    imports: tuple[str, ...] = ()


def async_caller(module: ModuleFacts, node: ast.AST, context: RuleContext) -> AsyncCaller | Refusal:
    """Give the edits after which `await` may stand at `node`."""
    function = module.function(node)
    if function is None or not runs_directly_in(module, node, function):
        return Refusal(Reason.SYNC_CALLER, "`await` cannot stand here")
    if isinstance(function, ast.AsyncFunctionDef):
        return AsyncCaller()
    obstacle = _obstacle(module, function, context)
    if obstacle:
        return Refusal(Reason.SYNC_CALLER, f"{function.name}: {obstacle}")
    at = module.lines.offset(function.lineno, function.col_offset)
    edits = (Edit(at, at, b"async "),)
    if context.settings.async_tests_for(module.path) or module.pytest.has_mark(function, "asyncio"):
        return AsyncCaller(edits)
    return AsyncCaller((*edits, _mark(module, function)), ("import pytest",))


def _obstacle(module: ModuleFacts, function: Function, context: RuleContext) -> str:
    """Say what keeps a synchronous function from becoming async, "" when nothing does."""
    facts = module.pytest
    owner = module.nodes.owner(function)
    fixture = facts.fixture_of(function)
    kind = facts.unittest_kind(owner) if owner is not None else None
    if kind is False:
        return "unittest.TestCase runs no async tests"
    if fixture is None and not facts.is_collected(function):
        return "it is neither a test nor a fixture"
    if not context.settings.async_tests_for(module.path) and kind is None:
        if fixture is not None:
            return "the project's pytest does not run async fixtures"
        if not facts.uses_mark("asyncio"):
            return "the project's pytest does not run async tests"
    if fixture is not None and fixture.scope != "function":
        return "a fixture of a wider scope"
    if not all(facts.is_known_decorator(decorator) for decorator in function.decorator_list):
        return "a decorator that may not know async functions"
    if is_named_elsewhere(module, function):
        return "it is also used by its name"
    if fixture is None and any(module.nodes.parent(value) for value in results(function)):
        return "it returns or yields a value"
    return _loop_inside(module, function)


def _loop_inside(module: ModuleFacts, function: Function) -> str:
    """Say whether the function runs an event loop of its own, which cannot nest."""
    for node in walk(function):
        if isinstance(node, ast.Call):
            names = module.names(node.func)
            method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            if _OWN_LOOP.intersection(names) or method in ("run_until_complete", "run_forever"):
                return "it runs an event loop of its own"
        if isinstance(node, ast.YieldFrom):
            return "`yield from` cannot stand in an async function"
    return ""


def _mark(module: ModuleFacts, function: Function) -> Edit:
    line_start = module.lines.starts[function.lineno - 1]
    first = function.decorator_list[0].lineno if function.decorator_list else function.lineno
    at = module.lines.starts[first - 1]
    indent = module.source[line_start : line_start + function.col_offset]
    return Edit(at, at, indent + b"@pytest.mark.asyncio" + module.lines.newline)
