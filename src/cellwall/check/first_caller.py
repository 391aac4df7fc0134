"""Values that are made once, by whoever comes first: `if name is None: name = ...`."""

import ast

from cellwall.check.module_facts import ModuleFacts
from cellwall.check.pytest_facts import spelled


def first_caller_only(module: ModuleFacts, assignment: ast.stmt, name: str) -> bool:
    """Tell whether an assignment to `name` runs only as long as nothing is there."""
    child: ast.AST = assignment
    for ancestor in module.nodes.ancestors(assignment):
        if isinstance(ancestor, ast.If) and child in ancestor.body and asks_if_empty(ancestor.test, name):
            return True
        child = ancestor
    return False


def asks_if_empty(test: ast.expr, name: str) -> bool:
    """Tell whether a condition is `name is None` or `not name`, alone or as one of several."""
    match test:
        case ast.Compare(left=left, ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant(value=None)]):
            return spelled(left) == name
        case ast.UnaryOp(op=ast.Not(), operand=ast.Call(func=ast.Name(id="hasattr"), args=[whole, part])):
            return f"{spelled(whole)}.{getattr(part, 'value', '')}" == name
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return spelled(operand) == name
        case ast.BoolOp(values=values):
            return any(asks_if_empty(value, name) for value in values)
    return False
