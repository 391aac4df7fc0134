"""A value that a module of tests makes at its top level and that nobody uses: the line can go."""

import ast

from cellwall.check.edit import Fix, Safety
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import walk
from cellwall.check.reason import Reason
from cellwall.check.replacement import may_edit
from cellwall.check.rule import Refusal, RuleContext
from cellwall.check.statement_removal import is_own_line, removed
from cellwall.check.value_flow import ValueFlow
from cellwall.check.value_place import Place, PlaceKind


def is_unused(module: ModuleFacts, value: ast.expr, place: Place, flow: ValueFlow) -> bool:
    """Tell whether a module's name for a value stands nowhere but there, in a module that nobody imports."""
    statement = module.nodes.statement(value)
    if place.kind is not PlaceKind.MODULE or flow.uses or flow.escapes or statement not in module.tree.body:
        return False
    own = {*walk(statement)}
    names = (place.name, f"{module.dotted}.{place.name}")
    said = any(_says(node, names) for node in walk(module.tree) if node not in own)
    return not said and isinstance(statement, ast.Assign) and is_own_line(module, statement)


def without(module: ModuleFacts, value: ast.expr, context: RuleContext) -> Fix | Refusal:
    """Take out the statement that makes the value."""
    refusal = may_edit(module, value, context)
    statement = module.nodes.statement(value)
    if refusal is not None or statement is None:
        return refusal or Refusal(Reason.UNKNOWN_SHAPE)
    return Fix((removed(module, statement),), Safety.SAFE)


def _says(node: ast.AST, names: tuple[str, str]) -> bool:
    """Tell whether a node may mean the name; of texts only those that are it, alone or after this module."""
    match node:
        case ast.Name(id=name) | ast.alias(asname=str(name)) | ast.alias(name=name):
            return name == names[0]
        case ast.Global(names=said):
            return names[0] in said
        case ast.Constant(value=str(text)):
            return text in names
    return False
