"""Replaces an expression by what a role makes: context, `await`, imports and parentheses included."""

import ast

from cellwall.check.async_caller import AsyncCaller, async_caller
from cellwall.check.context_supply import ContextSupply, supply_context
from cellwall.check.edit import Edit, Fix, Safety
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.reason import Reason
from cellwall.check.role_expression import placeholders, role_expression
from cellwall.check.rule import Refusal, RuleContext


def replace_by_role(
    module: ModuleFacts,
    node: ast.expr,
    role_name: str,
    context: RuleContext,
    *,
    name: str = "",
    arguments: str = "",
    old: str = "",
    pattern: str = "",
    safety: Safety = Safety.SAFE,
) -> Fix | Refusal:
    """Replace `node` by the expression of a role.

    `name`, `arguments` and `old` are source texts for the placeholders of the same names. Refused are
    arguments for which the role has no placeholder, and placeholders `{name}` and `{old}` without a text.
    """
    role = context.settings.roles.get(role_name)
    if role is None:
        return Refusal(Reason.NO_ROLE, role_name)
    refusal = may_edit(module, node, context)
    if refusal is not None:
        return refusal
    wanted = placeholders(role)
    if (arguments and "arguments" not in wanted) or bool(name) < ("name" in wanted):
        return Refusal(Reason.ARGUMENTS, arguments or f"the role {role_name} needs a name")
    if "old" in wanted and not old:
        return Refusal(Reason.UNKNOWN_SHAPE, f"the role {role_name} needs the old class")
    supply = supply_context(module, node, context) if "context" in wanted else ContextSupply("")
    if isinstance(supply, Refusal):
        return supply
    caller = async_caller(module, node, context) if role.awaited or role.in_loop else AsyncCaller()
    if isinstance(caller, Refusal):
        return caller
    values = {"context": supply.expression, "name": name, "arguments": arguments, "old": old}
    expression = role_expression(module, node, role, values)
    if isinstance(expression, Refusal):
        return expression
    edit = _edit(module, node, expression.text, awaited=role.awaited)
    if edit is None:
        return Refusal(Reason.UNKNOWN_SHAPE, "a comment stands inside the expression")
    return Fix(
        edits=(*supply.edits, *caller.edits, edit),
        safety=safety,
        imports=tuple(dict.fromkeys((*supply.imports, *caller.imports, *expression.imports))),
        pattern=pattern,
    )


def may_edit(module: ModuleFacts, node: ast.AST, context: RuleContext) -> Refusal | None:
    """Say why nothing can be edited at `node`, whatever the repair; None when it can."""
    if not module.editable:
        return Refusal(Reason.UNKNOWN_SHAPE, f"the file is encoded as {module.encoding}")
    if not module.is_test and not context.settings.include_app:
        return Refusal(Reason.APPLICATION_FILE)
    if any(isinstance(ancestor, ast.JoinedStr) for ancestor in module.nodes.ancestors(node)):
        return Refusal(Reason.UNKNOWN_SHAPE, "inside an f-string")
    return None


def _edit(module: ModuleFacts, node: ast.expr, text: str, *, awaited: bool) -> Edit | None:
    """Replace the node (with an `await` before it); None when that would drop a comment."""
    parent = module.nodes.parent(node)
    replaced = node
    if isinstance(parent, ast.Await):
        replaced, parent = parent, module.nodes.parent(parent)
    start, end = module.span(replaced)
    if _drops_comment(module.source[start:end], text):
        return None
    if awaited:
        inner = isinstance(parent, (ast.Attribute, ast.Subscript)) and parent.value is replaced
        called = isinstance(parent, ast.Call) and parent.func is replaced
        raised = isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Pow)
        text = f"(await {text})" if inner or called or raised else f"await {text}"
    return Edit(start, end, text.encode())


def _drops_comment(before: bytes, after: str) -> bool:
    return before.count(b"#") > after.encode().count(b"#")
