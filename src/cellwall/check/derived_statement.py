"""What can be said truly about a test's isolation: owner, mechanism and boundary, read off its code."""

import ast
import re
from collections.abc import Iterator
from typing import Final

from cellwall.check.asserted_values import assertions, flowing_into, names_of
from cellwall.check.context_supply import is_context
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.rule import RuleContext
from cellwall.check.stated_isolation import LABEL
from cellwall.project.roles import Role

_ROLES: Final = (
    "agent_factory",
    "tool_factory",
    "dispatcher",
    "pool",
    "manager",
    "session",
    "token",
    "track",
)
_LONGEST: Final = 60
_UNQUOTABLE: Final = re.compile(r"[;`\\\x00-\x1f\x7f\u2028\u2029]|\"\"\"|'''|" + LABEL)
# That something is there, or is of a class, says nothing of whose it is.
_TRIVIAL: Final = re.compile(r"is not None$|^(?:hasattr|isinstance|callable|assertIsNotNone)\(|^\w+$")


def derived_statement(module: ModuleFacts, test: Function, context: RuleContext) -> str | None:
    """Give the statement that a test's first asserted use of a role allows; None where none is true."""
    for call, role, head in _role_calls(test, context):
        made = _made(module, call)
        owner = next((a for a in _arguments(call) if is_context(module, a, context)), None)
        if made is None or (owner is None and "{context}" in role.create):
            continue
        boundary = _boundary(module, test, call, made)
        if boundary is None:
            continue
        if owner is None:
            said = f"{made} comes from this test's own call; {head} gives {made}"
        else:
            whose, verb = module.text(owner), "opens" if role.name == "session" else "makes"
            said = f"{whose} is the context of one user; {head} {verb} {made} for {whose}"
        return f"{LABEL} {said}; the test asserts `{boundary}`."
    return None


def _role_calls(test: Function, context: RuleContext) -> Iterator[tuple[ast.Call, Role, str]]:
    heads: dict[str, Role] = {}
    for name in _ROLES:
        role = context.settings.roles.get(name)
        found = re.match(r"[^\W\d][\w.]*(?=\()", role.create) if role else None
        if role and found:
            heads.setdefault(found.group(), role)
    calls = [node for root in test.body for node in ast.walk(root) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        spelled = ast.unparse(call.func) if isinstance(call.func, (ast.Name, ast.Attribute)) else ""
        if spelled in heads:
            yield call, heads[spelled], spelled


def _arguments(call: ast.Call) -> list[ast.expr]:
    every = (*call.args, *(keyword.value for keyword in call.keywords))
    return [argument for argument in every if isinstance(argument, (ast.Name, ast.Attribute))]


def _made(module: ModuleFacts, call: ast.Call) -> str | None:
    """Give the name under which the test keeps what the call makes."""
    parent = module.nodes.parent(call)
    if isinstance(parent, ast.Await):
        parent = module.nodes.parent(parent)
    match parent:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
        case ast.withitem(optional_vars=ast.Name(id=name)):
            return name
        case _:
            return None


def _boundary(module: ModuleFacts, test: Function, call: ast.Call, made: str) -> str | None:
    """Give the source of the first assertion after the call that is about what the call made."""
    for node in assertions(test.body):
        asserted = node.test if isinstance(node, ast.Assert) else node
        if not isinstance(asserted, ast.expr) or node.lineno <= (call.end_lineno or 0):  # type: ignore[attr-defined]
            continue
        if made in flowing_into(names_of(asserted), test.body):
            text = module.text(asserted).removeprefix("self.")
            if len(text) <= _LONGEST and not _UNQUOTABLE.search(text) and not _TRIVIAL.search(text):
                return text
    return None
