"""What to do with a session that a class or a module keeps: open one per request instead, or a reason.

Each function that uses the kept session opens its own for its user, from the first use to its end; what
opened, closed and kept the shared one is taken out. All of it is one repair, or there is none.
"""

import ast
from typing import Final

from cellwall.check.async_caller import AsyncCaller, async_caller
from cellwall.check.context_supply import ContextSupply, supply_context
from cellwall.check.edit import Edit, Fix, Safety
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function, walk
from cellwall.check.reason import Reason
from cellwall.check.replacement import may_edit
from cellwall.check.role_expression import placeholders, role_expression
from cellwall.check.rule import Refusal, RuleContext
from cellwall.check.session_holder import SessionHolder, session_holder
from cellwall.check.session_members import awaited_members, opened_by
from cellwall.check.value_place import Place
from cellwall.check.value_uses import UseKind, use_at
from cellwall.check.with_block import remove_statements, without_removed, wrap_from
from cellwall.project.roles import Role

PATTERN: Final = "request-scoped session"


def session_repair(
    module: ModuleFacts, call: ast.Call, place: Place, role: Role, context: RuleContext
) -> Fix | Refusal:
    """Give the repair of a session that an attribute or a module's variable keeps."""
    forbidden = may_edit(module, call, context)
    if forbidden is not None:
        return forbidden
    if call.args or call.keywords:
        return Refusal(Reason.ARGUMENTS, module.text(call))
    holder = session_holder(module, call, place)
    if isinstance(holder, Refusal):
        return holder
    edits: list[Edit] = []
    imports: list[str] = []
    for function in holder.users:
        change = _open_in(module, function, holder, role, context)
        if isinstance(change, Refusal):
            return change
        edits += change.edits
        imports += change.imports
    around = {a for store in holder.stores for a in module.nodes.ancestors(store)}
    whole = [closing for closing in holder.closings if closing in around]
    stores = [s for s in holder.stores if not any(a in whole for a in module.nodes.ancestors(s))]
    removed = remove_statements(module, (*stores, *holder.closings))
    if removed is None:
        return Refusal(Reason.UNKNOWN_SHAPE, "a statement shares its line with another")
    unique = without_removed(dict.fromkeys(edits), removed)
    return Fix(unique, Safety.SAFE, tuple(dict.fromkeys(imports)), PATTERN)


def _open_in(
    module: ModuleFacts,
    function: Function,
    holder: SessionHolder,
    role: Role,
    context: RuleContext,
) -> Fix | Refusal:
    """Open a session for one function's user around everything from the first use to the end."""
    loads = holder.users[function]
    obstacle = _obstacle(module, function, loads, holder)
    if obstacle is not None:
        return obstacle
    first = _first_statement(module, function, loads)
    if first is None:
        return Refusal(Reason.UNKNOWN_SHAPE, f"no place for a session in `{function.name}`")
    supply = supply_context(module, first, context) if "context" in placeholders(role) else ContextSupply("")
    words = opened_by(role)
    caller = async_caller(module, first, context) if words != "with" else AsyncCaller()
    if isinstance(supply, Refusal) or isinstance(caller, Refusal):
        refusal = supply if isinstance(supply, Refusal) else caller
        assert isinstance(refusal, Refusal)
        return _by_unittest(module, function) or refusal
    opened = role_expression(module, first, role, {"context": supply.expression})
    members = awaited_members(module, function, loads, role)
    if isinstance(opened, Refusal):
        return opened
    if isinstance(members, Refusal):
        return members
    name = _free_name(function, holder, opened.text)
    if name is None:
        return Refusal(Reason.UNKNOWN_SHAPE, f"no name is free for a session in `{function.name}`")
    header = f"{words} {opened.text} as {name}:"
    wrapped = wrap_from(module, function, first, header)
    if wrapped is None:
        return Refusal(Reason.UNKNOWN_SHAPE, f"`{function.name}` has no lines of its own to put under `with`")
    renamed = [Edit(*module.span(load), name.encode()) for load in loads if module.text(load) != name]
    edits = _joined([*supply.edits, *caller.edits], [*wrapped, *renamed, *members])
    return Fix(edits, Safety.SAFE, (*supply.imports, *caller.imports, *opened.imports))


def _obstacle(
    module: ModuleFacts, function: Function, loads: list[ast.expr], holder: SessionHolder
) -> Refusal | None:
    """Say why the session cannot be one of this function's own."""
    if holder.owner is not None and _called_inside(module, function, holder.owner):
        return Refusal(
            Reason.ESCAPES, f"`{function.name}` uses it for other methods, which would not see the same"
        )
    if module.pytest.fixture_of(function) is not None:
        return Refusal(Reason.ESCAPES, f"the fixture `{function.name}` uses it for tests")
    if any(d for d in function.decorator_list if not module.pytest.is_known_decorator(d)):
        return Refusal(
            Reason.UNKNOWN_SHAPE, f"`{function.name}` has a decorator that may not know async functions"
        )
    for load in loads:
        if any(isinstance(a, ast.JoinedStr) for a in module.nodes.ancestors(load)):
            return Refusal(Reason.UNKNOWN_SHAPE, "it is used inside an f-string")
        if _leaves(module, load):
            return Refusal(Reason.ESCAPES, f"`{function.name}` gives it out or keeps it elsewhere")
    if holder.owner is None and any(isinstance(n, (ast.Global, ast.Nonlocal)) for n in walk(function)):
        return Refusal(Reason.UNKNOWN_SHAPE, f"`{function.name}` declares names global")
    return None


def _called_inside(module: ModuleFacts, function: Function, owner: ast.ClassDef) -> bool:
    """Tell whether another method of the class uses this one."""
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == function.name
        and isinstance(node.value, ast.Name)
        and node.value.id in ("self", "cls", owner.name)
        for node in walk(owner)
    )


def _leaves(module: ModuleFacts, load: ast.expr) -> bool:
    """Tell whether the session, or something made with it, is kept on another object or returned."""
    if use_at(module, load).kind is UseKind.RESULT:
        return True
    statement = module.nodes.statement(load)
    if not isinstance(statement, ast.Assign):
        return False
    direct = use_at(module, load).kind is UseKind.PASSED
    return direct and any(isinstance(t, (ast.Attribute, ast.Subscript)) for t in statement.targets)


def _first_statement(module: ModuleFacts, function: Function, loads: list[ast.expr]) -> ast.stmt | None:
    around = {ancestor for load in loads for ancestor in module.nodes.ancestors(load)}
    return next((statement for statement in function.body if statement in around), None)


def _free_name(function: Function, holder: SessionHolder, expression: str) -> str | None:
    """Give the name for the session: the kept one's, or another that neither function nor expression uses."""
    taken = {n.id for n in walk(ast.parse(expression)) if isinstance(n, ast.Name)}
    if holder.owner is None:
        return holder.name if holder.name not in taken else None
    taken |= {n.id for n in walk(function) if isinstance(n, ast.Name)}
    taken |= {n.arg for n in walk(function) if isinstance(n, ast.arg)}
    wanted = (holder.name.lstrip("_") or "session", "request_session", "own_session")
    return next((name for name in wanted if name not in taken), None)


def _joined(before: list[Edit], after: list[Edit]) -> tuple[Edit, ...]:
    """Put lines that are inserted where the `with` line goes above it, in the same edit."""
    head = after[0]
    at = head.start + 1
    above = [edit for edit in before if edit.start == edit.end == at]
    text = b"".join(edit.replacement for edit in above)
    merged = Edit(head.start, head.end, head.replacement[:1] + text + head.replacement[1:])
    return (*(edit for edit in before if edit not in above), merged, *after[1:])


def _by_unittest(module: ModuleFacts, function: Function) -> Refusal | None:
    owner = module.nodes.owner(function)
    if owner is not None and module.pytest.unittest_kind(owner) is False:
        return Refusal(Reason.UNITTEST, owner.name)
    return None
