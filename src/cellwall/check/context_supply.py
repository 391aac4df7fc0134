"""How a place gets the context of its user: from a name in sight, a fixture, or built in place."""

import ast
import re
from functools import lru_cache
from typing import Final, NamedTuple

from cellwall.check.async_caller import AsyncCaller, async_caller
from cellwall.check.bindings import Kind
from cellwall.check.bindings_in_force import always_runs_before
from cellwall.check.deferred_pattern import deferred
from cellwall.check.edit import Edit
from cellwall.check.gaps import places
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS, Function, walk
from cellwall.check.place import (
    add_parameter,
    first_statement,
    insert_before,
    is_named_elsewhere,
    runs_directly_in,
)
from cellwall.check.pytest_facts import Fixture
from cellwall.check.reason import Reason
from cellwall.check.role_expression import role_expression
from cellwall.check.rule import Refusal, RuleContext
from cellwall.check.settings import CheckSettings
from cellwall.project.roles import Role

CONTEXT_NAME: Final = "user_context"
SECOND_NAME: Final = "request_user_context"
FASTAPI_CONTEXT: Final = "cellwall.runtime.web.fastapi.UserContext"  # that class, as a dependency
_NO_CONTEXT: Final = (ast.Constant, ast.Dict, ast.List, ast.Tuple, ast.Set, ast.JoinedStr)


class ContextSupply(NamedTuple):
    """An expression for the context at a place, with the edits and imports that make it available."""

    expression: str
    edits: tuple[Edit, ...] = ()
    imports: tuple[str, ...] = ()


def supply_context(module: ModuleFacts, node: ast.AST, context: RuleContext) -> ContextSupply | Refusal:
    """Give the context of the user in whose request `node` runs, or why there is none here."""
    function = module.function(node)
    if function is None:
        return Refusal(Reason.NO_CONTEXT, "outside of any function")
    if not runs_directly_in(module, node, function):
        return Refusal(Reason.NO_CONTEXT, "inside a lambda, comprehension, class body or default value")
    in_sight = _in_sight(module, node, function, context)
    if in_sight is not None:
        return ContextSupply(in_sight)
    if not module.is_test:
        classes = " or ".join(context_classes(context.settings))
        wanted = f"one called `{CONTEXT_NAME}`, or annotated as {classes}"
        return Refusal(
            Reason.NO_CONTEXT, f"{function.name} has no parameter with the user's context ({wanted})"
        )
    return _by_fixture(module, function, context) or _built_in_place(module, function, context)


def is_context(module: ModuleFacts, node: ast.expr, context: RuleContext) -> bool:
    """Tell whether an expression is a user's context, by its origin or by its name."""
    origin = module.resolve(node)
    if origin is not None and origin.made and _is_context_class(origin.dotted, context):
        return True
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return _NAMES_CONTEXT.search(name) is not None


_NAMES_CONTEXT: Final = deferred(r"(^|_)(user|execution|request)_?\d*_context$|^user\d*_context|^context\d*$")
_WORD_BEFORE: Final = deferred(rb"\w*\Z")
_GIVEN: Final = deferred(rb"(\w*)\s*[,)#\\]")
_LONGEST_NAME: Final = 100


def gives_context(source: bytes) -> bool:
    """Tell for a file's bytes whether such a name may be an argument: a comma or a bracket follows it."""
    for start, end in places(source, b"context"):
        after = _GIVEN.match(source, end)
        if after is None:
            continue
        before = _WORD_BEFORE.search(source[max(0, start - _LONGEST_NAME) : start])
        word = (before[0] if before is not None else b"") + b"context" + after[1]
        if _NAMES_CONTEXT.search(word.decode()):
            return True
    return False


def context_classes(settings: CheckSettings) -> list[str]:
    """Give the classes that may stand for a user's context: those that the role names, or the usual one."""
    role = settings.roles.get("context")
    return ["UserExecutionContext"] if role is None else [*_classes_in(role.create)]


@lru_cache(maxsize=8)
def _classes_in(expression: str) -> tuple[str, ...]:
    root = re.match(r"[\w.]+", expression)
    return tuple(part for part in (root.group().split(".") if root else ()) if part[:1].isupper())


def _is_context_class(dotted: str, context: RuleContext) -> bool:
    classes = context_classes(context.settings)
    return any(part in dotted.split(".") for part in classes) or (
        dotted == FASTAPI_CONTEXT and "UserExecutionContext" in classes
    )


def _in_sight(module: ModuleFacts, node: ast.AST, function: Function, context: RuleContext) -> str | None:
    """Give the name of a context that is bound here whenever `node` runs."""
    for argument in (*function.args.args, *function.args.kwonlyargs):
        origin = module.resolver.annotated(argument.annotation)
        if argument.arg == CONTEXT_NAME or (origin and _is_context_class(origin.dotted, context)):
            return argument.arg
    for name in (CONTEXT_NAME, SECOND_NAME):
        found = module.resolver.binding_candidates(name, node)
        if found is None or not isinstance(found[0], FUNCTIONS) or len(found[1]) != 1:
            continue
        binding, scope = found[1][0], found[0]
        use = node if scope is function else _inner_function(module, node, scope)
        known = binding.kind is Kind.PARAMETER or (
            binding.kind in (Kind.VALUE, Kind.CONTEXT)
            and not isinstance(binding.value, _NO_CONTEXT)
            and _before(binding.value or binding.node, use)
            and always_runs_before(module.nodes, binding, use)
        )
        if known:
            return name
    return None


def _inner_function(module: ModuleFacts, node: ast.AST, scope: ast.AST) -> ast.AST:
    """Give the function directly inside `scope` that holds `node`: it can be called where it is defined."""
    inner = node
    for ancestor in module.nodes.ancestors(node):
        if ancestor is scope:
            break
        inner = ancestor if isinstance(ancestor, FUNCTIONS) else inner
    return inner


def _before(first: ast.AST, second: ast.AST) -> bool:
    end = (getattr(first, "end_lineno", 0), getattr(first, "end_col_offset", 0))
    return end <= (getattr(second, "lineno", 0), getattr(second, "col_offset", 0))


def _by_fixture(module: ModuleFacts, function: Function, context: RuleContext) -> ContextSupply | None:
    """Add the parameter `user_context` where pytest injects it and a fixture of that name fits."""
    facts = module.pytest
    if not facts.injects(function) or is_named_elsewhere(module, function) or _uses(function, CONTEXT_NAME):
        return None
    fixture = facts.find_fixture(function, CONTEXT_NAME)
    if fixture is None or not _fits(module, function, fixture, context):
        return None
    edit = add_parameter(module, function, CONTEXT_NAME)
    return ContextSupply(CONTEXT_NAME, (edit,)) if edit is not None else None


def _fits(module: ModuleFacts, function: Function, fixture: object, context: RuleContext) -> bool:
    """Tell whether a fixture gives a context, can be asked for here, and does not ask back."""
    own = module.pytest.fixture_of(function)
    if own is not None and own.scope != "function":
        return False
    if isinstance(fixture, Fixture):
        origin = module.resolver.result_of(fixture.function)
        gives, is_async = (
            (origin.dotted if origin else ""),
            isinstance(fixture.function, ast.AsyncFunctionDef),
        )
        if own is not None and own.name in _needs(module, fixture):
            return False
    else:
        gives, is_async = getattr(fixture, "gives", ""), bool(getattr(fixture, "is_async", False))
    if (
        is_async
        and isinstance(function, ast.FunctionDef)
        and not context.settings.async_tests_for(module.path)
    ):
        return False
    return _is_context_class(gives, context)


def _needs(module: ModuleFacts, fixture: Fixture) -> set[str]:
    """Give the names of all fixtures of this module that a fixture asks for, directly or through others."""
    needed: set[str] = set()
    waiting = [fixture]
    while waiting:
        for argument in waiting.pop().function.args.args:
            if argument.arg not in needed:
                needed.add(argument.arg)
                waiting += module.pytest.fixtures.get(argument.arg, ())
    return needed


def _built_in_place(module: ModuleFacts, function: Function, context: RuleContext) -> ContextSupply | Refusal:
    """Build a context for a user of this test's own, at the start of the function."""
    role = context.settings.roles.get("context")
    if role is None:
        return Refusal(Reason.NO_ROLE, "context")
    name = next((n for n in (CONTEXT_NAME, SECOND_NAME) if not _uses(function, n)), None)
    if name is None:
        return Refusal(Reason.NO_CONTEXT, f"{CONTEXT_NAME} means something else in {function.name}")
    anchor = first_statement(function)
    expression = role_expression(module, anchor, role, {"user_id": user_id_for(function.name)})
    if isinstance(expression, Refusal):
        return expression
    caller = _awaiting(module, anchor, role, context)
    if isinstance(caller, Refusal):
        return caller
    text = f"{name} = {'await ' if role.awaited else ''}{expression.text}"
    edits = (*caller.edits, insert_before(module, anchor, text))
    return ContextSupply(name, edits, (*caller.imports, *expression.imports))


def _awaiting(
    module: ModuleFacts, anchor: ast.stmt, role: Role, context: RuleContext
) -> AsyncCaller | Refusal:
    return async_caller(module, anchor, context) if role.awaited else AsyncCaller()


def _uses(function: Function, name: str) -> bool:
    """Tell whether a name occurs anywhere in a function."""
    return any(
        (isinstance(node, ast.Name) and node.id == name)
        or (isinstance(node, ast.arg) and node.arg == name)
        or (isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names)
        or (isinstance(node, ast.alias) and (node.asname or node.name) == name)
        for node in walk(function)
    )


def user_id_for(function_name: str) -> str:
    """Derive a user's id from a function's name, always the same one."""
    slug = re.sub(r"[^a-z0-9]+", "-", function_name.lower()).strip("-")
    return f"user-{slug}" if slug else "user-of-test"
