"""Where a value goes on from its place: all uses that can be seen, and whether others see it too."""

import ast
from pathlib import PurePosixPath
from typing import NamedTuple

from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS
from cellwall.check.pytest_facts import Fixture
from cellwall.check.shared_reach import outermost
from cellwall.check.value_place import Place, PlaceKind
from cellwall.check.value_uses import (
    Use,
    UseKind,
    use_at,
    uses_of_attribute,
    uses_of_fixture,
    uses_of_name,
)


class ValueFlow(NamedTuple):
    """What becomes of a value.

    Attributes:
        uses: every use in this module that can be seen.
        fixture: the fixture that gives it out, if one does.
        escapes: where it goes beyond what can be seen, "" when it does not.
    """

    uses: tuple[Use, ...] = ()
    fixture: Fixture | None = None
    escapes: str = ""


def value_flow(module: ModuleFacts, value: ast.expr, place: Place) -> ValueFlow:
    """Follow the value of an expression from its place."""
    function = module.function(value)
    match place.kind:
        case PlaceKind.LOCAL:
            uses = uses_of_name(module, place.name, module.nodes.scope(value))
            return _given_out(module, value, uses) if _returned(uses) else ValueFlow(tuple(uses))
        case PlaceKind.RESULT:
            return _given_out(module, value, [])
        case PlaceKind.ATTRIBUTE | PlaceKind.CLASS:
            owner = _owner(module, value)
            if owner is None:
                return ValueFlow(escapes="kept where it cannot be followed")
            return _kept_on_class(module, owner, place.name)
        case PlaceKind.MODULE:
            found = tuple(uses_of_name(module, place.name, module.tree))
            return ValueFlow(found, escapes="" if _collected(module) else "other files may import it")
        case PlaceKind.ARGUMENT:
            return ValueFlow((Use(value, UseKind.PASSED),))
    return ValueFlow(escapes="" if function else "used where it cannot be followed")


def _returned(uses: list[Use]) -> bool:
    return any(use.kind is UseKind.RESULT for use in uses)


def _given_out(module: ModuleFacts, value: ast.expr, uses: list[Use]) -> ValueFlow:
    function = module.function(value)
    outer = outermost(module, value)
    fixture = module.pytest.fixture_of(function) if function is not None else None
    if fixture is None or function is not outer:
        name = function.name if function is not None else "a lambda"
        return ValueFlow(tuple(uses), escapes=f"`{name}` returns it to its callers")
    found = (*uses, *uses_of_fixture(module, fixture.name))
    elsewhere = "" if _collected(module) else "tests of other files use this fixture"
    return ValueFlow(found, fixture, elsewhere)


def _kept_on_class(module: ModuleFacts, owner: ast.ClassDef, attribute: str) -> ValueFlow:
    inside = uses_of_attribute(module, owner, attribute)
    nodes = {use.node for use in inside}
    outside = [
        use_at(module, node)
        for node in module.of(ast.Attribute)
        if node.attr == attribute and isinstance(node.ctx, ast.Load) and node not in nodes
    ]
    subclassed = any(
        isinstance(base, ast.Name) and base.id == owner.name
        for cls in module.of(ast.ClassDef)
        for base in cls.bases
    )
    escapes = "" if _collected(module) else "other files may use this class"
    if subclassed:
        escapes = f"subclasses of `{owner.name}` use it"
    return ValueFlow((*inside, *outside), escapes=escapes)


def _owner(module: ModuleFacts, value: ast.expr) -> ast.ClassDef | None:
    """Give the class whose `self` holds the value; None in nested functions and classes of functions."""
    for ancestor in module.nodes.ancestors(value):
        if isinstance(ancestor, ast.ClassDef):
            return ancestor
        if isinstance(ancestor, FUNCTIONS) and module.nodes.owner(ancestor) is not None:
            return module.nodes.owner(ancestor)
    return None


def _collected(module: ModuleFacts) -> bool:
    """Tell whether this is a module of tests, which nobody imports from."""
    stem = PurePosixPath(module.path).stem
    return stem.startswith("test_") or stem.endswith(("_test", "_tests"))
