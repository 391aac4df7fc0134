"""Whether a session of the role's kind can do what code does with the old one, and what must be awaited."""

import ast

from cellwall.check.edit import Edit
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
from cellwall.check.place import runs_directly_in
from cellwall.check.reason import Reason
from cellwall.check.rule import Refusal
from cellwall.check.value_uses import UseKind, use_at
from cellwall.project.roles import Role


def opened_by(role: Role) -> str:
    """Give the words that open a session of this role: `with`, `async with`, or `async with await`."""
    return "with" if role.plain else f"async with{' await' if role.awaited else ''}"


def awaited_members(
    module: ModuleFacts, function: Function, loads: list[ast.expr], role: Role
) -> list[Edit] | Refusal:
    """Check the members that `function` uses on `loads`, and give the edits that await coroutines."""
    calls: list[ast.Call] = []
    for load in loads:
        use = use_at(module, load)
        if use.kind is not UseKind.MEMBER:
            continue
        if role.members and use.member not in (*role.members, *role.coroutines):
            return Refusal(Reason.MEMBER_MISSING, use.member or "an attribute by a computed name")
        attribute = module.nodes.parent(load)
        call = module.nodes.parent(attribute) if isinstance(attribute, ast.Attribute) else None
        if isinstance(call, ast.Call) and call.func is attribute and use.member in role.coroutines:
            calls.append(call)
    if any(isinstance(module.nodes.parent(call), ast.Await) for call in calls):
        return []  # the session was async before; what is not awaited is meant so
    if any(not runs_directly_in(module, call, function) for call in calls):
        return Refusal(Reason.SYNC_CALLER, f"an inner function of `{function.name}` uses it and is not async")
    return [edit for call in calls for edit in _awaited(module, call)]


def _awaited(module: ModuleFacts, call: ast.Call) -> list[Edit]:
    start, end = module.span(call)
    if isinstance(module.nodes.parent(call), (ast.Expr, ast.Assign, ast.AnnAssign, ast.Return, ast.keyword)):
        return [Edit(start, start, b"await ")]
    return [Edit(start, start, b"(await "), Edit(end, end, b")")]
