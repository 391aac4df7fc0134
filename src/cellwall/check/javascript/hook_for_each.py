"""Lets a hook that runs once run before each test, where all it does is to make things out of nothing."""

from typing import TYPE_CHECKING, Final

from cellwall.check.edit import Edit, Fix, Safety
from cellwall.check.javascript.hook_import import hook_import
from cellwall.check.javascript.made_anew import PLAIN
from cellwall.check.javascript.script import Script, named_arguments, walk
from cellwall.check.javascript.shared_by_tests import shared_variables
from cellwall.check.javascript.suites import Block, block_around
from cellwall.check.javascript.variables import Variable
from cellwall.check.javascript.waiting_tests import is_waited_for
from cellwall.check.reason import Reason
from cellwall.check.rule import Refusal

if TYPE_CHECKING:
    from ast_grep_py import SgNode

MADE_OF: Final = PLAIN | {"identifier", "member_expression", "template_substitution"}
_ONCE: Final = frozenset({"before", "beforeAll"})


def made_by_each(script: Script, variable: Variable) -> Fix | Refusal:
    """Give the repair: the same hook before each test; or say why that cannot be."""
    setting = [block_around(script, use, "all") for use in variable.sets]
    hook = setting[0] if len(setting) == 1 else None
    callee = hook.call.field("function") if hook is not None else None
    if hook is None or callee is None or hook.name not in _ONCE or callee.text() != hook.name:
        return Refusal(Reason.UNKNOWN_SHAPE, "it is not set by one hook before all tests")
    if len(named_arguments(hook.call)) != 1 or not _only_makes(script, hook):
        return Refusal(Reason.ESCAPES, "the hook waits for others, or does more than making things")
    if is_waited_for(script, variable):
        return Refusal(Reason.ESCAPES, "one test may wait for what another left")
    imported = hook_import(script, hook.name)
    if imported is None:
        return Refusal(Reason.UNKNOWN_SHAPE, "the file imports no `beforeEach`")
    start, end = script.span(callee)
    return Fix(
        (Edit(start, end, b"beforeEach"), *imported), Safety.SAFE, pattern="made anew before each test"
    )


def _only_makes(script: Script, hook: Block) -> bool:
    """Tell whether a hook's function does nothing but set variables, to what it makes of constants."""
    body, parameters = hook.function.field("body"), hook.function.field("parameters")
    taken = [one for one in parameters.children() if one.is_named()] if parameters is not None else []
    if body is None or taken or hook.function.text().startswith("async"):
        return False
    if any(one.kind() in ("await_expression", "yield_expression") for one in walk(hook.function)):
        return False
    inside = [one for one in body.children() if one.is_named() and one.kind() != "comment"]
    statements = inside if body.kind() == "statement_block" else [body]
    changing = {one.name for one in shared_variables(script) if one.keyword != "const"}
    return bool(statements) and all(_is_making(one, changing) for one in statements)


def _is_making(statement: "SgNode", changing: set[str]) -> bool:
    given = [one for one in statement.children() if one.is_named() and one.kind() != "comment"]
    made = given[0] if statement.kind() == "expression_statement" and len(given) == 1 else statement
    if made.kind() != "assignment_expression":
        return False
    left, right = made.field("left"), made.field("right")
    plain = left is not None and left.kind() == "identifier"
    return plain and right is not None and _is_made_of_constants(right, changing)


def _is_made_of_constants(value: "SgNode", changing: set[str]) -> bool:
    """Tell whether a value is made by calls and literals, and of nothing that tests or hooks set."""
    kinds = {one.kind() for one in walk(value)}
    named = {one.text() for one in walk(value) if one.kind() == "identifier"}
    return (
        kinds <= MADE_OF and kinds & {"call_expression", "new_expression"} != set() and not named & changing
    )
