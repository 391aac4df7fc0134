"""Lets pytest put back, after each test, what set-up code empties in a class of the application."""

import ast
from pathlib import PurePosixPath
from typing import Final

from cellwall.check.edit import Edit, Fix, Safety
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.name_places import mentions_in
from cellwall.check.node_index import FUNCTIONS, Function, walk
from cellwall.check.place import add_parameter, is_named_elsewhere, runs_directly_in
from cellwall.check.reason import Reason
from cellwall.check.replacement import may_edit
from cellwall.check.rule import Refusal, RuleContext
from cellwall.check.shared_reach import outermost
from cellwall.check.statement_removal import is_own_line, removed

PATTERN: Final = "global state put back after each test"
FIXTURE: Final = "monkeypatch"
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
    before = _twin(module, function, statement, _SET_UP) if function.name == _TEAR_DOWN else None
    if before is not None and isinstance(before.targets[0], ast.Attribute):
        return put_back(module, before.targets[0], context)
    receiver = receiver_of(module, function, statement)
    if isinstance(receiver, Refusal):
        return receiver
    start, end = module.span(statement)
    owner, value = module.text(place.value), module.text(statement.value)
    text = f'{FIXTURE}.setattr({owner}, "{place.attr}", {value}, raising=False)'
    imports = ("import pytest",) if module.pytest.fixture_of(function) is None else ()
    after = _twin(module, function, statement, _TEAR_DOWN) if imports else None
    gone = (_without(module, after),) if after is not None else ()
    edits = (*receiver, Edit(start, end, text.encode()), *gone)
    return Fix(edits, Safety.SAFE, imports=imports, pattern=PATTERN)


def receiver_of(module: ModuleFacts, function: Function, statement: ast.Assign) -> tuple[Edit, ...] | Refusal:
    """Give the edits after which the set-up function has `monkeypatch`."""
    if not runs_directly_in(module, statement, function):
        return Refusal(Reason.UNKNOWN_SHAPE, "a function inside the set-up does it")
    if module.fact(_means_something_else):
        return Refusal(Reason.UNKNOWN_SHAPE, f"{FIXTURE} means something else here")
    fixture = module.pytest.fixture_of(function)
    if fixture is not None:
        asked = any(a.arg == FIXTURE for a in (*function.args.args, *function.args.kwonlyargs))
        added = None if asked else add_parameter(module, function, FIXTURE)
        return () if asked else _edits(added)
    obstacle = _obstacle(module, function, statement)
    if obstacle is not None:
        return obstacle
    line = module.lines.starts[function.lineno - 1]
    indent = module.source[line : line + function.col_offset]
    mark = Edit(line, line, indent + b"@pytest.fixture(autouse=True)" + module.lines.newline)
    added = add_parameter(module, function, FIXTURE)
    return _edits(mark if added is not None else None, added)


def _edits(*edits: Edit | None) -> tuple[Edit, ...] | Refusal:
    found = tuple(edit for edit in edits if edit is not None)
    if len(found) < len(edits):
        return Refusal(Reason.UNKNOWN_SHAPE, "its parameters leave no place for a fixture")
    return found


def _means_something_else(module: ModuleFacts) -> bool:
    """Tell whether the fixture's name stands for anything but the fixture somewhere in a module."""
    return any(not _is_fixture_itself(place) for place in mentions_in(module, FIXTURE))


def _is_fixture_itself(place: ast.AST) -> bool:
    """Tell whether a mention is the parameter by which pytest hands `monkeypatch` out, or a use of it."""
    return isinstance(place, ast.arg) or (isinstance(place, ast.Name) and isinstance(place.ctx, ast.Load))


def _obstacle(module: ModuleFacts, function: Function, statement: ast.Assign) -> Refusal | None:
    """Say why `setup_method` cannot be a fixture that every test of its class gets; None when it can."""
    cls = module.nodes.owner(function)
    if cls is not None and module.pytest.unittest_kind(cls) is not None:
        return Refusal(Reason.UNITTEST)
    if function.name != _SET_UP or cls is None or isinstance(function, ast.AsyncFunctionDef):
        return Refusal(Reason.UNKNOWN_SHAPE, f"`{function.name}` takes no fixtures")
    if [a.arg for a in function.args.args] != ["self"] or function.decorator_list or function.args.defaults:
        return Refusal(Reason.UNKNOWN_SHAPE, f"`{function.name}` takes other things")
    if is_named_elsewhere(module, function) or not _is_alone(module, cls, statement):
        return Refusal(Reason.ESCAPES, f"`{function.name}` runs beside other set-up code")
    return None


def _is_alone(module: ModuleFacts, cls: ast.ClassDef, statement: ast.Assign) -> bool:
    """Tell whether a class of tests has nothing else that runs around its tests, and no subclass."""
    stem = PurePosixPath(module.path).stem
    collected = stem.startswith("test_") or stem.endswith("_test")
    functions = [node for node in cls.body if isinstance(node, FUNCTIONS)]
    tidying = any(f.name in _WIDER or _tidies_more(module, f, statement) for f in functions)
    fixtures = [found for function in functions if (found := module.pytest.fixture_of(function)) is not None]
    again = sum(function.name == _SET_UP for function in functions) != 1
    if not collected or cls.bases or cls.keywords or tidying or again or any(f.autouse for f in fixtures):
        return False
    return all(place is cls for place in mentions_in(module, cls.name))


def _tidies_more(module: ModuleFacts, function: Function, statement: ast.Assign) -> bool:
    """Tell whether a tear-down looks at more than its test's own attributes, the same reset left out.

    It runs after the fixtures of its test, when the state has been put back. What only sets other things to
    a constant, past an import that the set-up makes too, looks at nothing.
    """
    if function.name != _TEAR_DOWN:
        return False
    again = _twin(module, function, statement, _TEAR_DOWN)
    rest = [one for one in function.body if one is not again]
    before = {ast.dump(node) for node in walk(_set_up(module, function) or function)}
    return any(not _is_harmless(one, before, statement) for one in rest)


def _is_harmless(one: ast.stmt, before: set[str], statement: ast.Assign) -> bool:
    if isinstance(one, (ast.Import, ast.ImportFrom)):
        return ast.dump(one) in before
    names = {node.id for node in walk(one) if isinstance(node, ast.Name)}
    if names <= {"self"}:
        return not isinstance(one, (ast.Import, ast.ImportFrom))
    own = {node.id for node in walk(statement) if isinstance(node, ast.Name)}
    plain = isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant)
    return plain and not names & own and all(isinstance(t, ast.Attribute) for t in one.targets)  # type: ignore[attr-defined]


def _twin(module: ModuleFacts, function: Function, statement: ast.Assign, name: str) -> ast.Assign | None:
    """Give the one statement of the class's set-up or tear-down that is the same as this one."""
    cls = module.nodes.owner(function)
    others = [f for f in cls.body if isinstance(f, FUNCTIONS) and f.name == name] if cls is not None else []
    same = [
        one
        for one in (others[0].body if len(others) == 1 else [])
        if isinstance(one, ast.Assign) and ast.dump(one) == ast.dump(statement) and is_own_line(module, one)
    ]
    return same[0] if len(same) == 1 else None


def _without(module: ModuleFacts, statement: ast.Assign) -> Edit:
    """Take the reset out of the tear-down, or the tear-down that does nothing else."""
    function = module.function(statement)
    rest = [one for one in function.body if one is not statement] if function is not None else []
    if function is None or not all(_is_text(one) for one in rest):
        return removed(module, statement, comment=True)
    first = function.lineno
    while first > 1 and not module.lines.text(first - 1).strip():
        first -= 1
    return Edit(
        module.lines.starts[first - 1], module.lines.next_line_start(function.end_lineno or first), b""
    )


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _set_up(module: ModuleFacts, function: Function) -> Function | None:
    cls = module.nodes.owner(function)
    found = [f for f in cls.body if isinstance(f, FUNCTIONS) and f.name == _SET_UP] if cls else []
    return found[0] if found else None
