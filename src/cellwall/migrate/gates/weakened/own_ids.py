"""The one context of a test, and the places where its own user's id may stand for the text it was made from.

Proved from both versions of the test: one context, made in it on every way, kept under one name, of a role
that is known to keep the id; no other user, and nothing that gives the context another id.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from cellwall.check.checking_calls import checking_functions, is_checked_block, own_places
from cellwall.check.name_places import mentions
from cellwall.check.one_user import ID_NAMES, OWN_ID, is_set_anew, keeps_user_id, made_from, speaks_of_others
from cellwall.check.pytest_facts import spelled
from cellwall.check.role_call import Slot, slot_of
from cellwall.migrate.gates.weakened.clone import clone
from cellwall.migrate.gates.weakened.facts import Kind, Line, ModuleFacts, Unit
from cellwall.migrate.gates.weakened.role_patterns import RolePatterns

_MOST_PLACES: Final = 4  # in one statement; more are refused


@dataclass(frozen=True, slots=True)
class OwnId:
    """A context's name, the text that it was made from, its place among the unit's lines, what checks."""

    name: str
    text: str
    place: int
    checking: frozenset[str]


def own_id(
    units: tuple[Unit, Unit], modules: tuple[ModuleFacts, ModuleFacts], roles: RolePatterns
) -> OwnId | None:
    """Give the context that both versions of a unit make from one text, or None where that is not proved."""
    role = roles.context
    slot = slot_of(role, OWN_ID)
    if slot is None or not keeps_user_id(role) or any(is_set_anew(m.module.node) for m in modules):
        return None
    made = [_made(unit, module, slot, roles) for unit, module in zip(units, modules, strict=True)]
    if made[0] is None or made[0] != made[1]:
        return None
    name, text = made[0]
    lines = enumerate(units[1].lines)
    place = next((number for number, line in lines if name in dict(line.binds)), None)
    checking = frozenset().union(*(checking_functions(module.module.node) for module in modules))
    return OwnId(name, text, place, checking) if place is not None else None


def _made(unit: Unit, module: ModuleFacts, slot: Slot, roles: RolePatterns) -> tuple[str, str] | None:
    """Give (name, text) of the one context that a test or fixture makes in its own body."""
    node = unit.node
    if unit.kind not in (Kind.TEST, Kind.FIXTURE) or not isinstance(
        node, ast.FunctionDef | ast.AsyncFunctionDef
    ):
        return None
    kept = [found for statement in node.body if (found := _kept(statement, slot)) is not None]
    root = slot.head.partition(".")[0]
    if len(kept) != 1 or not _is_the_roles(root, module, roles):
        return None
    name, text = kept[0]
    once = len(mentions(node, root)) == 1 and _is_bound_once(node, name)
    return (name, text) if once and text and not speaks_of_others(node, name, text) else None


def _kept(statement: ast.stmt, slot: Slot) -> tuple[str, str] | None:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            call = value.value if isinstance(value, ast.Await) else value
            if isinstance(call, ast.Call) and spelled(call.func) == slot.head:
                return name, made_from(call, slot)
    return None


def _is_the_roles(root: str, module: ModuleFacts, roles: RolePatterns) -> bool:
    """Tell whether the name of the context's class comes from where the role has it, and nowhere else."""
    origins = module.imports.get(root, frozenset())
    if not origins or not origins <= roles.origins.get(root, frozenset()) or "*" in module.imports:
        return False
    places = [place for place in mentions(module.module.node, root) if not isinstance(place, ast.alias)]
    return all(isinstance(getattr(place, "ctx", None), ast.Load) for place in places)


def _is_bound_once(function: ast.AST, name: str) -> bool:
    # A keyword of this name binds nothing.
    found = [place for place in mentions(function, name) if not isinstance(place, ast.Constant | ast.keyword)]
    plain = all(isinstance(place, ast.Name) for place in found)
    return plain and sum(not isinstance(getattr(place, "ctx", None), ast.Load) for place in found) == 1


def with_text(node: ast.AST, line: Line, own: OwnId) -> Iterator[ast.AST]:
    """Give the versions of a canonical node in which the text stands again for one or more of its own ids."""
    if any(is_checked_block(header) for header in (node, *(guard.header for guard in line.guards))):
        return
    number = len(_places(node, own))
    if number > _MOST_PLACES:
        return
    for size in range(1, number + 1):
        for chosen in combinations(range(number), size):
            copy = clone(node)
            _put_back(copy, chosen, own)
            yield copy


def _places(node: ast.AST, own: OwnId) -> list[tuple[ast.Call, int | ast.keyword]]:
    found: list[tuple[ast.Call, int | ast.keyword]] = []
    for call in own_places(node, own.name, own.checking):
        if call.args and _is_own(call.args[0], own):
            found.append((call, 0))
        found += [(call, k) for k in call.keywords if k.arg in ID_NAMES and _is_own(k.value, own)]
    return found


def _is_own(node: ast.expr, own: OwnId) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr == OWN_ID
        and isinstance(node.value, ast.Name)
        and node.value.id == own.name
    )


def _put_back(node: ast.AST, chosen: Sequence[int], own: OwnId) -> None:
    places = _places(node, own)
    for number in chosen:
        call, place = places[number]
        if isinstance(place, ast.keyword):
            place.value = ast.Constant(own.text)
        else:
            call.args[place] = ast.Constant(own.text)
