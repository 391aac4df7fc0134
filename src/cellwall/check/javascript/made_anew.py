"""Lets a `beforeEach` make an object that tests share today; the value stays the one that was written."""

from typing import TYPE_CHECKING, Final

from cellwall.check.edit import Edit, Fix, Safety
from cellwall.check.javascript.hook_import import hook_import
from cellwall.check.javascript.languages import language_of
from cellwall.check.javascript.script import FUNCTIONS, Script, field_text, walk
from cellwall.check.javascript.suites import block_around, blocks
from cellwall.check.javascript.variables import Variable
from cellwall.check.javascript.waiting_tests import is_waited_for
from cellwall.check.reason import Reason
from cellwall.check.rule import Refusal

if TYPE_CHECKING:
    from ast_grep_py import SgNode

PLAIN: Final = frozenset(
    {
        "array", "object", "pair", "string", "string_fragment", "escape_sequence", "number", "true", "false",
        "null", "undefined", "property_identifier", "unary_expression", "new_expression", "arguments",
        "computed_property_name", "template_string", "call_expression",
    }
)  # fmt: skip
_EMPTYING: Final = frozenset({"clear", "reset", "resetStore", "splice", "clearStore", "invalidateQueries"})


def is_made_anew(script: Script, variable: Variable) -> bool:
    """Tell whether a hook around each test sets the variable, or empties what it holds."""
    for use in variable.uses:
        block = block_around(script, use, "each")
        if block is None:
            continue
        outer = use.parent()
        emptied = outer is not None and field_text(outer, "property") in (*_EMPTYING, "length")
        given = outer is not None and outer.kind() == "arguments"
        if use in variable.sets or use in variable.changes or emptied or given:
            return True
    return False


def made_anew(script: Script, variable: Variable, safety: Safety = Safety.SAFE) -> Fix | Refusal:
    """Give the repair: declared without a value, and made before each test; or say why that cannot be."""
    value, statement = variable.value, variable.declaration
    inner = variable.place.parent()
    if value is None or inner is None or statement.kind() == "export_statement":
        return Refusal(Reason.ESCAPES, "others import it")
    declarators = [one for one in inner.children() if one.kind() == "variable_declarator"]
    if len(declarators) != 1 or variable.place.field("type") is not None or variable.sets:
        return Refusal(Reason.UNKNOWN_SHAPE, "it is declared with others, with a type, or set again")
    if language_of(script.path) != "javascript":
        return Refusal(Reason.UNKNOWN_SHAPE, "its type would have to be written down")
    if not _is_same_each_time(value):
        return Refusal(Reason.UNKNOWN_SHAPE, "its value is made of other things")
    if any(not _runs_in_a_test(script, use) for use in variable.uses):
        return Refusal(Reason.ESCAPES, "it is used where the file is loaded")
    if is_waited_for(script, variable):
        return Refusal(Reason.ESCAPES, "one test may wait for what another left")
    hook = hook_import(script)
    if hook is None:
        return Refusal(Reason.UNKNOWN_SHAPE, "the file imports no `beforeEach`")
    start, end = script.span(statement)
    line = script.lines.line_start(start)
    indent = script.source[line:start].decode()
    if indent.strip():
        return Refusal(Reason.UNKNOWN_SHAPE, "something else stands on its line")
    body = script.source[slice(*script.span(value))].decode()
    newline = script.lines.newline.decode()
    text = newline.join(
        (
            f"let {variable.name};",
            "",
            f"{indent}beforeEach(() => {{",
            f"{indent}  {variable.name} = {body};",
            f"{indent}}});",
            *([""] if _is_followed(script, end) else []),
        )
    )
    return Fix((Edit(start, end, text.encode()), *hook), safety, pattern="made anew before each test")


def _is_followed(script: Script, end: int) -> bool:
    """Tell whether the line below a statement has something on it; a hook stands apart from that."""
    rest = script.source[end:].split(b"\n", 2)
    return len(rest) > 2 and not rest[0].strip() and bool(rest[1].strip())


def _is_same_each_time(value: "SgNode") -> bool:
    """Tell whether a value is made of literals, or by a call without other things: a store, say."""
    return (
        all(
            one.kind() in PLAIN or (one.kind() in ("identifier", "member_expression") and _is_callee(one))
            for one in walk(value)
        )
        and "${" not in value.text()
    )


def _is_callee(node: "SgNode") -> bool:
    outer = node.parent()
    if outer is None:
        return False
    if outer.kind() == "member_expression":
        return _is_callee(outer)
    return outer.kind() in ("call_expression", "new_expression")


def _runs_in_a_test(script: Script, use: "SgNode") -> bool:
    """Tell whether a use runs while a test does: in a test, a hook, or a function that those can call."""
    around = [one for one in use.ancestors() if one.kind() in FUNCTIONS]
    suites = {block.function.range().start.index for block in blocks(script) if block.kind == "suite"}
    return any(one.range().start.index not in suites for one in around)
