"""Gives each test a module's object of its own, and puts the module's back after it.

Two shapes: settings that tests change, and objects that set-up code makes anew by `global`.
"""

import ast

from cellwall.check.edit import Edit, Fix, Safety
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.module_state import State, is_set_up
from cellwall.check.name_places import mentions_in
from cellwall.check.node_index import Function, walk
from cellwall.check.replacement import may_edit
from cellwall.check.restored_state import FIXTURE, PATTERN, receiver_of
from cellwall.check.rule import Refusal, RuleContext
from cellwall.check.statement_removal import is_own_line, removed
from cellwall.check.tests_settings import are_settings


def renewed(module: ModuleFacts, state: State, context: RuleContext) -> Fix | Refusal | None:
    """Give the repair of an object that several functions use; None where this is neither of the two."""
    value = state.statement.value
    refusal = may_edit(module, state.statement, context)
    if refusal is not None or value is None:
        return refusal
    stores = [use for use in state.uses if isinstance(getattr(use, "ctx", None), ast.Store)]
    if len(stores) == 1 and len(state.changes) == 1:
        return _set_anew(module, state, stores[0])
    return _copied(module, state) if not stores else None


def is_renewed(module: ModuleFacts, state: State) -> bool:
    """Tell whether a fixture that every test gets puts a new object under a module's name.

    By `monkeypatch`, or by `global` where no test does that too.
    """
    by_tests = any(module.pytest.is_collected(function) for function, _ in state.changes)
    return any(
        fixture.autouse
        and fixture.scope == "function"
        and fixture.owner is None
        and (_sets(fixture.function, state.name) or (not by_tests and _binds(fixture.function, state.name)))
        for same in module.pytest.fixtures.values()
        for fixture in same
    )


def _sets(function: Function, name: str) -> bool:
    wanted = ast.unparse(ast.parse(f"{FIXTURE}.setitem(globals(), {name!r})", mode="eval"))[:-1] + ","
    return any(isinstance(node, ast.Call) and ast.unparse(node).startswith(wanted) for node in walk(function))


def _binds(function: Function, name: str) -> bool:
    """Tell whether a function binds a module's name anew as one of its own statements: whoever comes in."""
    is_global = any(isinstance(node, ast.Global) and name in node.names for node in function.body)
    return is_global and any(
        isinstance(statement, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in statement.targets)
        for statement in function.body
    )


def _set_anew(module: ModuleFacts, state: State, store: ast.expr) -> Fix | Refusal | None:
    """Let `monkeypatch` set what a fixture sets by `global`, so that the module's object comes back."""
    statement = module.nodes.statement(store)
    function = module.function(store)
    if function is None or not isinstance(statement, ast.Assign) or statement.targets != [store]:
        return None
    said = [n for n in walk(function) if isinstance(n, ast.Global) and n.names == [state.name]]
    plain = statement in function.body and len(said) == 1 and said[0] in function.body
    if module.pytest.fixture_of(function) is None or not is_set_up(module, function) or not plain:
        return None
    if not is_own_line(module, said[0]) or len(function.body) < 3:
        return None
    receiver = receiver_of(module, function, statement)
    if isinstance(receiver, Refusal):
        return receiver
    start, end = module.span(statement)
    text = f'{FIXTURE}.setitem(globals(), "{state.name}", {module.text(statement.value)})'
    edits = (*receiver, removed(module, said[0]), Edit(start, end, text.encode()))
    return Fix(edits, Safety.SAFE, pattern=PATTERN)


def _copied(module: ModuleFacts, state: State) -> Fix | None:
    """Give every test a copy of settings that some change: a dictionary of plain values, all there before."""
    name = f"fresh_{state.name.lower().strip('_')}"
    taken = mentions_in(module, name) or mentions_in(module, FIXTURE)
    if taken or not are_settings(module.tree, state.name):
        return None
    line = module.lines.next_line_start(state.statement.end_lineno or state.statement.lineno)
    text = (
        f"\n\n@pytest.fixture(autouse=True)\ndef {name}({FIXTURE}):\n"
        f'    """Give each test a copy of {state.name} of its own."""\n'
        f'    {FIXTURE}.setitem(globals(), "{state.name}", dict({state.name}))\n'
    )
    if module.source[line:].lstrip(b"\r\n")[:1] and not module.source[line:].startswith((b"\n", b"\r")):
        text += "\n\n"
    added = Edit(line, line, text.encode().replace(b"\n", module.lines.newline))
    return Fix((added,), Safety.SAFE, imports=("import pytest",), pattern=PATTERN)
