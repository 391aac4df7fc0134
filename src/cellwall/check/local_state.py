"""Moves an object from module level into the one test that uses it."""

import ast
from pathlib import PurePosixPath
from typing import Final

from cellwall.check.edit import Fix, Safety
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.module_state import State
from cellwall.check.name_places import mentions_in, reaches_unsaid
from cellwall.check.node_index import FUNCTIONS, Function, walk
from cellwall.check.place import first_statement, insert_before
from cellwall.check.reason import Reason
from cellwall.check.replacement import may_edit
from cellwall.check.rule import Refusal, RuleContext
from cellwall.check.shared_reach import outermost
from cellwall.check.statement_removal import is_own_line, removed

_CONTAINERS: Final = (ast.List, ast.Dict, ast.Set)
_BUILT_IN: Final = frozenset({"bytearray", "dict", "list", "set"})


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
    if not _runs_once(module, test) or not _is_plain(module, value):
        return Refusal(Reason.ESCAPES, f"`{test.name}` may run more than once")
    if any(not isinstance(getattr(use, "ctx", None), ast.Load) for use in state.uses):
        return Refusal(Reason.UNKNOWN_SHAPE, "a function binds it anew")
    if _is_named_elsewhere(module, state) or not is_own_line(module, state.statement):
        return Refusal(Reason.UNKNOWN_SHAPE, "its definition cannot be moved as it stands")
    text = f"{state.name} = {module.text(value)}"
    added = insert_before(module, first_statement(test), text)
    return Fix((removed(module, state.statement), added), Safety.SAFE)


def _runs_once(module: ModuleFacts, test: Function) -> bool:
    stem = PurePosixPath(module.path).stem
    in_tests = stem.startswith("test_") or stem.endswith("_test")
    owner = module.nodes.parent(test)
    in_class = isinstance(owner, ast.ClassDef)
    plain = _is_plain_class(module, owner) if isinstance(owner, ast.ClassDef) else owner is module.tree
    arguments = test.args
    none_else = not (arguments.posonlyargs or arguments.kwonlyargs or arguments.vararg or arguments.kwarg)
    takes_none = [a.arg for a in arguments.args] == (["self"] if in_class else []) and none_else
    own_line = test.body[0].lineno > test.lineno
    named = any(not isinstance(place, FUNCTIONS) for place in mentions_in(module, test.name))
    same = [node for node in owner.body if getattr(node, "name", "") == test.name] if plain else []  # type: ignore[union-attr]
    once = len(same) == 1 and not named and not test.decorator_list and not reaches_unsaid(module.tree)
    return in_tests and module.pytest.is_collected(test) and once and own_line and takes_none


def _is_plain_class(module: ModuleFacts, cls: ast.ClassDef) -> bool:
    """Tell whether a class at the module's top level is nobody's base, and has no base but unittest's."""
    named = any(place is not cls for place in mentions_in(module, cls.name))
    cases = all(
        (origin := module.resolve(base)) is not None and origin.dotted.startswith("unittest.")
        for base in cls.bases
    )
    at_top = module.nodes.parent(cls) is module.tree
    return at_top and cases and not (named or cls.decorator_list or cls.keywords)


def _is_plain(module: ModuleFacts, value: ast.expr) -> bool:
    """Tell whether a value is the same wherever it is written: an empty container or one of constants."""
    if isinstance(value, ast.Call):
        bare = isinstance(value.func, ast.Name) and not value.args and not value.keywords
        return bare and _is_class(module, value.func)
    return isinstance(value, _CONTAINERS) and all(
        isinstance(node, (*_CONTAINERS, ast.Constant, ast.expr_context)) for node in walk(value)
    )


def _is_class(module: ModuleFacts, function: ast.expr) -> bool:
    """Tell whether a name is Python's own class of containers wherever the module says it."""
    name = function.id if isinstance(function, ast.Name) else ""
    others = [n for n in mentions_in(module, name) if not isinstance(getattr(n, "ctx", None), ast.Load)]
    if not others:
        return name in _BUILT_IN
    origin = module.resolve(function)
    imported = len(others) == 1 and isinstance(others[0], ast.alias)
    return imported and origin is not None and origin.dotted == f"collections.{name}"


def _is_named_elsewhere(module: ModuleFacts, state: State) -> bool:
    """Tell whether anything but its definition and its uses has the name, texts and other scopes included."""
    own = {*state.uses, *(node for node in walk(state.statement) if isinstance(node, ast.Name))}
    return any(place not in own for place in mentions_in(module, state.name))
