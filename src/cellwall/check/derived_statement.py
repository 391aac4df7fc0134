"""What can be said truly about a test's isolation: owner, mechanism and boundary, read off its code."""

import ast

from cellwall.check.asserted import Asserted
from cellwall.check.followed_test import FollowedTest
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS, Function
from cellwall.check.quoted_boundary import quoted_boundary
from cellwall.check.role_calls import RoleCall, role_calls
from cellwall.check.rule import RuleContext
from cellwall.check.stated_isolation import LABEL
from cellwall.check.test_reach import TestReach


def derived_statement(module: ModuleFacts, test: Function, context: RuleContext) -> str | None:
    """Give the statement that a test's first asserted use of a role allows; None where none is true."""
    reach = TestReach(module, test)
    calls = role_calls(module, (unit for unit in reach.units if isinstance(unit, FUNCTIONS)), context)
    if not calls:
        return None
    followed = FollowedTest(reach, (each.call for each in calls), context)
    asserted = followed.asserted
    for each in calls if not followed.unknown else ():
        kept = _kept(module, each.call)
        if each.lacks_owner or (each.owner is None and not kept):
            continue
        boundary = _boundary(module, asserted, each.call)
        if boundary:
            return f"{LABEL} {_owned(module, test, each, kept)}; {boundary}."
    return None


def _owned(module: ModuleFacts, test: Function, found: RoleCall, kept: str) -> str:
    """Say whose it is and which call makes it."""
    function = module.function(found.call)
    where = "" if function in (test, None) else f" in {getattr(function, 'name', '')}"
    made = _made(module, found.call)
    if found.owner is None:
        gives = f"gives {made}" if made else f"gives what {kept} is made of"
        return f"{kept} comes from this test's own call{where}; {found.head} {gives}"
    whose, verb = module.text(found.owner), "opens" if found.role.name == "session" else "makes"
    does = f"{verb} {made} for {whose}" if made else f"is called for {whose}"
    return f"{whose} is the context of one user; {found.head} {does}{where}"


def _boundary(module: ModuleFacts, asserted: list[Asserted], call: ast.Call) -> str:
    """Quote the first assertion that depends on a call; one that only says when to fail comes last."""
    depending = [each for each in asserted if call in each.sources]
    for each in sorted(depending, key=lambda each: each.whole is None or each.around is not None):
        boundary = quoted_boundary(module, each, call)
        if boundary:
            return boundary
    return ""


def _made(module: ModuleFacts, call: ast.Call) -> str:
    """Give the name that stands for exactly what the call makes, "" where there is none."""
    value: ast.AST = call
    for parent in module.nodes.ancestors(call):
        match parent:
            case ast.Await():
                value = parent
            case ast.IfExp() if value is not parent.test:
                value = parent
            case ast.NamedExpr(target=ast.Name(id=name)):
                return name
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                return name
            case ast.withitem(optional_vars=ast.Name(id=name)):
                return name
            case ast.Tuple():
                return _in_tuple(module, parent, value)
            case _:
                return ""
    return ""


def _in_tuple(module: ModuleFacts, made: ast.Tuple, value: ast.AST) -> str:
    match module.nodes.parent(made):
        case ast.Assign(targets=[ast.Tuple(elts=names)]) if len(names) == len(made.elts):
            name = names[made.elts.index(value)]  # type: ignore[arg-type]
            plain = not any(isinstance(each, ast.Starred) for each in (*names, *made.elts))
            return name.id if plain and isinstance(name, ast.Name) else ""
        case _:
            return ""


def _kept(module: ModuleFacts, call: ast.Call) -> str:
    """Give the name under which a function keeps what the call makes, or what is made of it."""
    made = _made(module, call)
    statement = module.nodes.statement(call)
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return made or name
        case _:
            return made
