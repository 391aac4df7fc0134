"""Follows the value of an expression: which attributes code uses on it, as far as that can be seen."""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from cellwall.check.async_caller import async_caller
from cellwall.check.awaited_later import is_awaited_later
from cellwall.check.distant_uses import distant_values
from cellwall.check.edit import Edit
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function, walk
from cellwall.check.reason import Reason
from cellwall.check.resolver import is_own_attribute
from cellwall.check.rule import Refusal, RuleContext
from cellwall.check.shared_reach import outermost, reaching_name
from cellwall.check.value_uses import reads
from cellwall.project.roles import Role


class Adaptation(NamedTuple):
    """What must change where a replaced value is used, so that its new members fit."""

    edits: tuple[Edit, ...] = ()
    imports: tuple[str, ...] = ()


def adapt_uses(module: ModuleFacts, node: ast.expr, role: Role, context: RuleContext) -> Adaptation | Refusal:
    """Check the attributes used on the value of `node` against the role's members; await its coroutines."""
    around = outermost(module, node)
    reached = reaching_name(module, [around], role.reached_by) if around is not None else None
    if reached is not None:
        return Refusal(Reason.ESCAPES, f"`{reached}` fetches the shared one by itself")
    edits: list[Edit] = []
    imports: list[str] = []
    known = {*role.members, *role.coroutines}
    for use in attribute_uses(module, node, far=True) if role.members else ():
        if use.attr not in known:
            return Refusal(Reason.MEMBER_MISSING, use.attr)
    for use in attribute_uses(module, node):
        call = module.nodes.parent(use)
        if use.attr not in role.coroutines or not (isinstance(call, ast.Call) and call.func is use):
            continue
        if isinstance(module.nodes.parent(call), ast.Await) or is_awaited_later(module, call):
            continue
        caller = async_caller(module, call, context)
        if isinstance(caller, Refusal):
            return caller
        edits += [*caller.edits, *_await(module, call)]
        imports += caller.imports
    return Adaptation(tuple(dict.fromkeys(edits)), tuple(dict.fromkeys(imports)))


def attribute_uses(module: ModuleFacts, node: ast.expr, *, far: bool = False) -> list[ast.Attribute]:
    """Give the attributes used on an expression's value, through local names, `self`, and fixtures.

    Those `far` away count too when asked for: in helpers that are given the value, or that give it.
    """
    found: dict[ast.Attribute, None] = {}
    waiting: list[ast.expr] = [node]
    seen: set[ast.expr] = set()
    while waiting:
        value = waiting.pop()
        if value in seen:
            continue
        seen.add(value)
        parent = module.nodes.parent(value)
        if isinstance(parent, ast.Attribute) and parent.value is value:
            found[parent] = None
        elif isinstance(parent, (ast.Await, ast.NamedExpr, ast.IfExp)):
            waiting.append(parent)
        waiting.extend(_further(module, value, parent))
        waiting.extend(distant_values(module, value) if far else ())
    return sorted(found, key=lambda use: (use.lineno, use.col_offset))


def _further(module: ModuleFacts, value: ast.expr, parent: ast.AST | None) -> Iterator[ast.expr]:
    """Give the expressions elsewhere that have this value: loads of the name that it was bound to."""
    match parent:
        case ast.Assign():
            for target in parent.targets:
                yield from _loads(module, target, parent)
        case ast.AnnAssign() | ast.NamedExpr():
            yield from _loads(module, parent.target, parent)
        case ast.withitem() if parent.optional_vars is not None:
            yield from _loads(module, parent.optional_vars, parent)
        case ast.Return() | ast.Yield():
            function = module.function(value)
            if function is not None:
                yield from _injected(module, function)


def _loads(module: ModuleFacts, target: ast.expr, binding_node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(target, ast.Name):
        for name in module.fact(reads).get(target.id, ()):
            found = module.resolver.binding_candidates(name.id, name)
            if found is not None and any(b.node is binding_node for b in found[1]):
                yield name
    elif isinstance(target, ast.Attribute) and is_own_attribute(target, target.attr):
        cls = next((a for a in module.nodes.ancestors(target) if isinstance(a, ast.ClassDef)), None)
        if cls is not None:
            for node in walk(cls):
                own = isinstance(node, ast.Attribute) and is_own_attribute(node, target.attr)
                if own and isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                    yield node


def _injected(module: ModuleFacts, function: Function) -> Iterator[ast.expr]:
    """Give the loads of the parameters that a fixture's value is injected for."""
    fixture = module.pytest.fixture_of(function)
    if fixture is None:
        return
    for user in module.nodes.functions():
        if user is function or not any(a.arg == fixture.name for a in user.args.args):
            continue
        if module.pytest.injects(user) and module.pytest.find_fixture(user, fixture.name) == fixture:
            yield from (
                node
                for node in walk(user)
                if isinstance(node, ast.Name) and node.id == fixture.name and isinstance(node.ctx, ast.Load)
            )


def _await(module: ModuleFacts, call: ast.Call) -> tuple[Edit, ...]:
    start, end = module.span(call)
    parent = module.nodes.parent(call)
    inner = isinstance(parent, (ast.Attribute, ast.Subscript)) and parent.value is call
    if inner or (isinstance(parent, ast.Call) and parent.func is call):
        return Edit(start, start, b"(await "), Edit(end, end, b")")
    return (Edit(start, start, b"await "),)
