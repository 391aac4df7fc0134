"""The calls by which a test gets what belongs to one user: of configured roles, under whatever name."""

import ast
import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from cellwall.check.bindings import Kind
from cellwall.check.context_supply import is_context
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS, walk
from cellwall.check.pytest_facts import spelled
from cellwall.check.role_call import calls_role
from cellwall.check.rule import RuleContext
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


class RoleCall(NamedTuple):
    """One call: `head` is what is called, as spelled, `owner` the context that it is given, if any."""

    call: ast.Call
    role: Role
    head: str
    owner: ast.expr | None

    @property
    def lacks_owner(self) -> bool:
        """Tell whether the role wants a context that this call does not name."""
        return self.owner is None and "{context}" in self.role.create


def role_calls(module: ModuleFacts, units: Iterable[ast.AST], context: RuleContext) -> list[RoleCall]:
    """Give the calls in pieces of code: piece by piece, in source order."""
    heads, found = _heads(context), []
    for unit in units:
        calls = [node for node in walk(unit) if isinstance(node, ast.Call)]
        for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
            head = spelled(call.func)
            role = heads.get(head)
            if role is None or _means_another(module, call, head):
                role = next((r for h, r in heads.items() if calls_role(module, call, r, h)), None)
            if role is not None:
                owner = next((a for a in _named(call) if is_context(module, a, context)), None)
                found.append(RoleCall(call, role, head, owner))
    return found


def _heads(context: RuleContext) -> dict[str, Role]:
    heads: dict[str, Role] = {}
    for name in _ROLES:
        role = context.settings.roles.get(name)
        found = re.match(r"[^\W\d][\w.]*(?=\()", role.create) if role else None
        if role and found:
            heads.setdefault(found.group(), role)
    return heads


def _means_another(module: ModuleFacts, call: ast.Call, head: str) -> bool:
    """Tell whether the name is a parameter or variable of a function here, which only looks like the role."""
    found = module.resolver.binding_candidates(head.partition(".")[0], call)
    return (
        found is not None
        and isinstance(found[0], FUNCTIONS)
        and any(binding.kind is not Kind.IMPORT for binding in found[1])
    )


def _named(call: ast.Call) -> list[ast.expr]:
    every = (*call.args, *(keyword.value for keyword in call.keywords))
    return [argument for argument in every if isinstance(argument, (ast.Name, ast.Attribute))]
