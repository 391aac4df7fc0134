"""Whether a test needs what another test left in an object that they share. Decides from the text alone."""

from typing import TYPE_CHECKING

from cellwall.check.javascript.script import Script
from cellwall.check.javascript.suites import block_around
from cellwall.check.javascript.variables import Variable

if TYPE_CHECKING:
    from ast_grep_py import SgNode


def is_waited_for(script: Script, variable: Variable) -> bool:
    """Tell whether some test changes an object, and some test looks at it before it changed it itself.

    Changes are those that `Variable.changes` knows, and calls of its methods whose result nobody takes.
    """
    first: dict[int, bool] = {}
    changes = {use.range().start.index for use in variable.changes}
    acting = False
    for use in sorted(variable.uses, key=lambda one: one.range().start.index):
        block = block_around(script, use, "test")
        if block is not None:
            acts = use.range().start.index in changes or _is_told(use)
            acting = acting or acts
            first.setdefault(block.call.range().start.index, acts)
    return acting and not all(first.values())


def _is_told(use: "SgNode") -> bool:
    """Tell whether `use.method(...);` stands there, awaited or not, and nobody takes what it gives."""
    around = use
    while (outer := around.parent()) is not None and outer.kind() in (
        "member_expression", "call_expression", "await_expression",
    ):  # fmt: skip
        held = outer.field("object") or outer.field("function")
        if held is not None and held.range().start.index != around.range().start.index:
            return False
        around = outer
    return (
        outer is not None and outer.kind() == "expression_statement" and around.kind() != "member_expression"
    )


def escapes(variable: Variable) -> bool:
    """Tell whether the object itself is handed to anybody: who gets it may look at it and change it."""
    kinds = ("member_expression", "subscript_expression")
    outers = [(use, use.parent()) for use in variable.uses]
    return any(
        outer is None or outer.kind() not in kinds for use, outer in outers if use not in variable.sets
    )
