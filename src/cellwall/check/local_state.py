"""Moves an object from module level into the one test that uses it."""

import ast
import re
from pathlib import PurePosixPath
from typing import Final

from cellwall.check.edit import Edit, Fix, Safety
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.module_state import State
from cellwall.check.node_index import Function
from cellwall.check.place import first_statement, insert_before
from cellwall.check.reason import Reason
from cellwall.check.replacement import may_edit
from cellwall.check.rule import Refusal, RuleContext
from cellwall.check.shared_reach import outermost

_CONTAINERS: Final = (ast.List, ast.Dict, ast.Set)


def made_local(module: ModuleFacts, state: State, context: RuleContext) -> Fix | Refusal:
    """Make the object at the start of the test that is alone in using it, or say why that cannot be."""
    value = state.statement.value
    refusal = may_edit(module, state.statement, context)
    if refusal is not None or value is None:
        return refusal or Refusal(Reason.UNKNOWN_SHAPE)
    users = {outermost(module, use) for use in state.uses}
    test = users.pop() if len(users) == 1 else None
    if test is None:
        return Refusal(Reason.ESCAPES, "several functions use it")
    if not _runs_once(module, test) or not _is_plain(value):
        return Refusal(Reason.ESCAPES, f"`{test.name}` may run more than once")
    if any(not isinstance(getattr(use, "ctx", None), ast.Load) for use in state.uses):
        return Refusal(Reason.UNKNOWN_SHAPE, "a function binds it anew")
    if _is_named_in_text(module, state.name) or not _is_own_line(module, state.statement):
        return Refusal(Reason.UNKNOWN_SHAPE, "its definition cannot be moved as it stands")
    text = f"{state.name} = {module.text(value)}"
    added = insert_before(module, first_statement(test), text)
    return Fix((_removed(module, state.statement), added), Safety.SAFE)


def _runs_once(module: ModuleFacts, test: Function) -> bool:
    stem = PurePosixPath(module.path).stem
    in_tests = stem.startswith("test_") or stem.endswith("_test")
    owner = module.nodes.owner(test)
    plain = not test.decorator_list and (owner is None or not _is_shared_by_classes(module, owner))
    own_line = test.body[0].lineno > test.lineno
    marked = any(name.id in ("pytestmark", "__all__", "globals") for name in module.of(ast.Name))
    takes = test.args.args[1:] if owner is not None else test.args.args
    return in_tests and module.pytest.is_collected(test) and plain and own_line and not marked and not takes


def _is_shared_by_classes(module: ModuleFacts, cls: ast.ClassDef) -> bool:
    """Tell whether tests of a class may run for other classes too, or with parameters."""
    inherited = any(
        isinstance(b, ast.Name) and b.id == cls.name for c in module.of(ast.ClassDef) for b in c.bases
    )
    return inherited or bool(cls.decorator_list)


def _is_plain(value: ast.expr) -> bool:
    """Tell whether a value is the same wherever it is written: an empty container or one of constants."""
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and not value.args and not value.keywords
    return isinstance(value, _CONTAINERS) and all(
        isinstance(node, (*_CONTAINERS, ast.Constant, ast.expr_context)) for node in ast.walk(value)
    )


def _is_named_in_text(module: ModuleFacts, name: str) -> bool:
    """Tell whether a text of the module names it, as `monkeypatch.setattr` and the like do."""
    word = re.compile(rf"\b{re.escape(name)}\b")
    return any(isinstance(c.value, str) and word.search(c.value) for c in module.of(ast.Constant))


def _is_own_line(module: ModuleFacts, statement: ast.stmt) -> bool:
    start, end = module.span(statement)
    line = module.lines.text(statement.lineno)
    return statement.lineno == statement.end_lineno and line.strip() == module.source[start:end]


def _removed(module: ModuleFacts, statement: ast.stmt) -> Edit:
    line = statement.lineno
    return Edit(module.lines.starts[line - 1], module.lines.next_line_start(line), b"")
