"""Lets pytest put back, after each test, what set-up code empties in a class of the application."""

import ast
from pathlib import PurePosixPath
from typing import Final

from cellwall.check.edit import Edit, Fix, Safety
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.name_places import mentions
from cellwall.check.node_index import FUNCTIONS, Function, walk
from cellwall.check.place import add_parameter, is_named_elsewhere, runs_directly_in
from cellwall.check.reason import Reason
from cellwall.check.replacement import may_edit
from cellwall.check.rule import Refusal, RuleContext
from cellwall.check.shared_reach import outermost

PATTERN: Final = "global state put back after each test"
_FIXTURE: Final = "monkeypatch"
_SET_UP: Final = "setup_method"
_TEAR_DOWN: Final = "teardown_method"
_WIDER: Final = frozenset({"teardown", "setup", "setup_class", "teardown_class"})


def put_back(module: ModuleFacts, place: ast.Attribute, context: RuleContext) -> Fix | Refusal:
    """Set the attribute by `monkeypatch`, which gives the former value back; or say why that cannot be.

    `raising=False` keeps what an assignment does where the class has no such attribute.
    """
    statement = module.nodes.statement(place)
    function = outermost(module, place)
    refusal = may_edit(module, place, context)
    if refusal is not None:
        return refusal
    if not isinstance(statement, ast.Assign) or statement.targets != [place] or function is None:
        return Refusal(Reason.UNKNOWN_SHAPE, "the application keeps it globally")
    receiver = _receiver(module, function, statement)
    if isinstance(receiver, Refusal):
        return receiver
    start, end = module.span(statement)
    owner, value = module.text(place.value), module.text(statement.value)
    text = f'{_FIXTURE}.setattr({owner}, "{place.attr}", {value}, raising=False)'
    imports = ("import pytest",) if module.pytest.fixture_of(function) is None else ()
    return Fix((*receiver, Edit(start, end, text.encode())), Safety.SAFE, imports=imports, pattern=PATTERN)


def _receiver(module: ModuleFacts, function: Function, statement: ast.Assign) -> tuple[Edit, ...] | Refusal:
    """Give the edits after which the set-up function has `monkeypatch`."""
    if not runs_directly_in(module, statement, function):
        return Refusal(Reason.UNKNOWN_SHAPE, "a function inside the set-up does it")
    if any(not _is_fixture_itself(place) for place in mentions(module.tree, _FIXTURE)):
        return Refusal(Reason.UNKNOWN_SHAPE, f"{_FIXTURE} means something else here")
    fixture = module.pytest.fixture_of(function)
    if fixture is not None:
        asked = any(a.arg == _FIXTURE for a in (*function.args.args, *function.args.kwonlyargs))
        added = None if asked else add_parameter(module, function, _FIXTURE)
        return () if asked else _edits(added)
    obstacle = _obstacle(module, function)
    if obstacle is not None:
        return obstacle
    line = module.lines.starts[function.lineno - 1]
    indent = module.source[line : line + function.col_offset]
    mark = Edit(line, line, indent + b"@pytest.fixture(autouse=True)" + module.lines.newline)
    added = add_parameter(module, function, _FIXTURE)
    return _edits(mark if added is not None else None, added)


def _edits(*edits: Edit | None) -> tuple[Edit, ...] | Refusal:
    found = tuple(edit for edit in edits if edit is not None)
    if len(found) < len(edits):
        return Refusal(Reason.UNKNOWN_SHAPE, "its parameters leave no place for a fixture")
    return found


def _is_fixture_itself(place: ast.AST) -> bool:
    """Tell whether a mention is the parameter by which pytest hands `monkeypatch` out, or a use of it."""
    return isinstance(place, ast.arg) or (isinstance(place, ast.Name) and isinstance(place.ctx, ast.Load))


def _obstacle(module: ModuleFacts, function: Function) -> Refusal | None:
    """Say why `setup_method` cannot be a fixture that every test of its class gets; None when it can."""
    cls = module.nodes.owner(function)
    if cls is not None and module.pytest.unittest_kind(cls) is not None:
        return Refusal(Reason.UNITTEST)
    if function.name != _SET_UP or cls is None or isinstance(function, ast.AsyncFunctionDef):
        return Refusal(Reason.UNKNOWN_SHAPE, f"`{function.name}` takes no fixtures")
    if [a.arg for a in function.args.args] != ["self"] or function.decorator_list or function.args.defaults:
        return Refusal(Reason.UNKNOWN_SHAPE, f"`{function.name}` takes other things")
    if is_named_elsewhere(module, function) or not _is_alone(module, cls):
        return Refusal(Reason.ESCAPES, f"`{function.name}` runs beside other set-up code")
    return None


def _is_alone(module: ModuleFacts, cls: ast.ClassDef) -> bool:
    """Tell whether a class of tests has nothing else that runs around its tests, and no subclass."""
    stem = PurePosixPath(module.path).stem
    collected = stem.startswith("test_") or stem.endswith("_test")
    named = any(place is not cls for place in mentions(module.tree, cls.name))
    functions = [node for node in cls.body if isinstance(node, FUNCTIONS)]
    tidying = any(function.name in _WIDER or _tidies_more(function) for function in functions)
    fixtures = [found for function in functions if (found := module.pytest.fixture_of(function)) is not None]
    again = sum(function.name == _SET_UP for function in functions) != 1
    return collected and not (
        named or cls.bases or cls.keywords or tidying or again or any(f.autouse for f in fixtures)
    )


def _tidies_more(function: Function) -> bool:
    """Tell whether a tear-down looks at more than its test's own attributes.

    It runs after the fixtures of its test, when the state has been put back.
    """
    names = {node.id for node in walk(function) if isinstance(node, ast.Name)}
    imports = any(isinstance(node, (ast.Import, ast.ImportFrom)) for node in walk(function))
    return function.name == _TEAR_DOWN and (imports or not names <= {"self"})
