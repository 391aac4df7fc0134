"""The variables of a script that outlive a call or a test, and what becomes of them."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from cellwall.check.javascript.script import FUNCTIONS, Script, field_text, function_around

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_DECLARATIONS: Final = ("lexical_declaration", "variable_declaration")
_CHANGING: Final = frozenset(
    {
        "push",
        "pop",
        "shift",
        "unshift",
        "splice",
        "set",
        "add",
        "delete",
        "clear",
        "append",
        "sort",
        "reverse",
    }
)


@dataclass(frozen=True)
class Variable:
    """A variable of the module, or of a suite (the function given to `describe`).

    Attributes:
        name, keyword: `keyword` is const, let or var.
        value: what it is declared with, None where nothing is.
        declaration: the whole statement; `place` its only declarator.
        suite: the function of the suite that has it, None for the module's.
        uses: the identifiers elsewhere that mean it.
    """

    name: str
    keyword: str
    value: "SgNode | None"
    declaration: "SgNode"
    place: "SgNode"
    suite: "SgNode | None"
    uses: "list[SgNode]" = field(default_factory=list)

    @property
    def sets(self) -> "list[SgNode]":
        """The uses that bind it anew."""
        return [use for use in self.uses if _is_set(use)]

    @property
    def changes(self) -> "list[SgNode]":
        """The uses that change the object that it holds."""
        return [use for use in self.uses if _is_change(use)]


def module_variables(script: Script) -> tuple[Variable, ...]:
    """Give the variables of the module."""
    return _with_uses(script, None, script.root)


def variables_of(script: Script, suite: "SgNode") -> tuple[Variable, ...]:
    """Give the variables of one suite's function."""
    body = suite.field("body")
    return _with_uses(script, suite, body) if body is not None and body.kind() == "statement_block" else ()


def _with_uses(script: Script, suite: "SgNode | None", body: "SgNode") -> tuple[Variable, ...]:
    found: list[Variable] = []
    for statement in body.children():
        inner = statement.field("declaration") if statement.kind() == "export_statement" else statement
        if inner is None or inner.kind() not in _DECLARATIONS:
            continue
        declarators = [one for one in inner.children() if one.kind() == "variable_declarator"]
        keyword = inner.text().split(None, 1)[0]
        for place in declarators:
            name = place.field("name")
            if name is not None and name.kind() == "identifier":
                value = place.field("value")
                found.append(Variable(name.text(), keyword, value, statement, place, suite))
    by_name = {one.name: one for one in found}
    if by_name:
        for use in body.find_all(any=[{"kind": "identifier"}, {"kind": "shorthand_property_identifier"}]):
            known = by_name.get(use.text())
            if known is not None and not _declares(use, known) and not _is_shadowed(use, known, body):
                known.uses.append(use)
    return tuple(found)


def _declares(use: "SgNode", variable: Variable) -> bool:
    own = variable.place.field("name")
    return own is not None and own.range().start.index == use.range().start.index


def _is_shadowed(use: "SgNode", variable: Variable, body: "SgNode") -> bool:
    """Tell whether a function between a use and the variable has a parameter or variable of the name."""
    for around in use.ancestors():
        if around.range().start.index == body.range().start.index and around.kind() == body.kind():
            return False
        if around.kind() in FUNCTIONS and _binds(around, variable.name):
            return True
    return False


def _binds(function: "SgNode", name: str) -> bool:
    parameters = function.field("parameters") or function.field("parameter")
    if parameters is not None:
        names = [parameters, *parameters.find_all(kind="identifier")]
        names += parameters.find_all(kind="shorthand_property_identifier_pattern")
        if any(one.text() == name for one in names):
            return True
    inside = function.field("body")
    declared = inside.find_all(kind="variable_declarator") if inside is not None else []
    return any(field_text(one, "name") == name and _same(function_around(one), function) for one in declared)


def _same(one: "SgNode | None", other: "SgNode") -> bool:
    return one is not None and one.range().start.index == other.range().start.index


def _is_set(use: "SgNode") -> bool:
    parent = use.parent()
    if parent is None:
        return False
    if parent.kind() in ("assignment_expression", "augmented_assignment_expression"):
        left = parent.field("left")
        return _same(left, use)
    return bool(parent.kind() == "update_expression")


def _is_change(use: "SgNode") -> bool:
    """Tell whether `use.push(..)`, `use[key] = ..`, `use.key = ..` or `delete use.key` stands there."""
    outer = use.parent()
    if outer is None or outer.kind() not in ("member_expression", "subscript_expression"):
        return False
    held = outer.field("object")
    if held is None or held.range().start.index != use.range().start.index:
        return False
    around = outer.parent()
    if around is None:
        return False
    if around.kind() == "call_expression":
        return field_text(outer, "property") in _CHANGING
    if around.kind() in ("assignment_expression", "augmented_assignment_expression"):
        left = around.field("left")
        return _same(left, outer)
    return str(around.kind()) == "update_expression" or str(around.text()).startswith("delete ")
