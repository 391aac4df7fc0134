"""Values that whoever comes first makes (`if name is None: name = ...`), and who never comes so far."""

import ast

from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import Function
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


def left_before(module: ModuleFacts, function: Function, statement: ast.stmt) -> frozenset[str]:
    """Give the parameters that are empty at a statement: whoever gives one has left by a return before."""
    found: set[str] = set()
    around = {statement, *module.nodes.ancestors(statement)}
    for earlier in function.body:
        if earlier in around:
            break
        match earlier:
            case ast.If(test=ast.Name(id=name), body=body) if _leaves(body):
                found.add(name)
            case ast.If(
                test=ast.Compare(
                    left=ast.Name(id=name), ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]
                ),
                body=body,
            ) if _leaves(body):
                found.add(name)
    return frozenset(found)


def _leaves(body: list[ast.stmt]) -> bool:
    """Tell whether a block always ends in a return or an error."""
    match body[-1]:
        case ast.Return() | ast.Raise():
            return True
        case ast.If(body=inner, orelse=[_, *_] as other):
            return _leaves(inner) and _leaves(other)
        case ast.With(body=inner) | ast.AsyncWith(body=inner):
            return _leaves(inner)
    return False
