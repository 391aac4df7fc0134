"""Whether all that a value touches stays within the block where it is made: the body of a `try` or of a loop.

Names that may hold it, or something that was given it, are gathered until there are no more; each must be
bound in the block before it is read, and whoever reads the same name elsewhere must have bound it anew. Only
what is surely a truth value may leave the block.
"""

import ast
from collections.abc import Iterator
from typing import Final

from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS, Function, walk
from cellwall.check.resolver import is_own_attribute

_Block = ast.Try | ast.For | ast.AsyncFor | ast.While
_TRUTHS: Final = frozenset({"isinstance", "hasattr", "bool", "callable"})
_LEAVING: Final = (ast.Return, ast.Yield, ast.YieldFrom, ast.Lambda, ast.Global, ast.Nonlocal, *FUNCTIONS)


def is_kept_apart(module: ModuleFacts, value: ast.expr) -> bool:
    """Tell whether nothing outside the innermost block around a value can meet it, or what was given it."""
    function, block = module.function(value), _block_of(module, value)
    if function is None or block is None:
        return False
    own = _own_names(function)
    touched: set[str] = set()
    while True:
        found = set(touched)
        for statement in block.body:
            if not _follow(statement, value, touched, own, found):
                return False
        if found == touched:
            break
        touched = found
    return "self" not in touched and all(_is_bound_anew(function, name) for name in touched)


def _block_of(module: ModuleFacts, value: ast.expr) -> _Block | None:
    for ancestor in module.nodes.ancestors(value):
        if isinstance(ancestor, FUNCTIONS):
            return None
        if isinstance(ancestor, (ast.Try, ast.For, ast.AsyncFor, ast.While)):
            inside = any(value in walk(statement) for statement in ancestor.body)
            return ancestor if inside else None
    return None


def _own_names(function: Function) -> frozenset[str]:
    """Give the names that the function binds itself, parameters and `self` included."""
    stored = {n.id for n in walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return frozenset(stored | {a.arg for a in walk(function) if isinstance(a, ast.arg)})


def _follow(
    statement: ast.stmt, value: ast.expr, touched: set[str], own: frozenset[str], found: set[str]
) -> bool:
    """Add the names that one statement lets the value reach; False where it goes out of sight."""
    for node in walk(statement):
        if isinstance(node, _LEAVING) and _meets(node, value, touched):
            return False
        if isinstance(node, (ast.Assign, ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
            if not _meets(node.value, value, touched) or _is_truth(node.value):
                continue
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                for part in target.elts if isinstance(target, ast.Tuple) else [target]:
                    if not isinstance(part, ast.Name):
                        root = _root(part)
                        if root is None or root not in own:
                            return False
                        found.add(root)
                    else:
                        found.add(part.id)
        elif isinstance(node, ast.Call) and not _is_truth(node) and _meets(node, value, touched):
            found |= {n.id for n in _names(node) if n.id in own}
    return True


def _meets(node: ast.AST, value: ast.expr, touched: set[str]) -> bool:
    return any(
        inner is value or (isinstance(inner, ast.Name) and inner.id in touched) for inner in walk(node)
    )


def _names(node: ast.AST) -> Iterator[ast.Name]:
    return (inner for inner in walk(node) if isinstance(inner, ast.Name))


def _is_truth(node: ast.expr) -> bool:
    """Tell whether an expression gives nothing but true or false."""
    if isinstance(node, ast.Attribute):
        return node.attr == "called"  # of a mock
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in _TRUTHS
    return isinstance(node, ast.Compare) or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not))


def _root(node: ast.expr) -> str | None:
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        if isinstance(node, ast.Attribute) and is_own_attribute(node, node.attr):
            return None
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _is_bound_anew(function: Function, name: str) -> bool:
    """Tell whether every block that reads a name has bound it first, at its own level."""
    loads = [n for n in _names(function) if n.id == name and isinstance(n.ctx, ast.Load)]
    return all(_bound_before(function, load) for load in loads)


def _bound_before(function: Function, load: ast.Name) -> bool:
    for body in _bodies(function):
        if any(load in walk(statement) for statement in body):
            for statement in body:
                if statement.lineno < load.lineno and load.id in _bound_by(statement):
                    return True
    return False


def _bodies(function: Function) -> Iterator[list[ast.stmt]]:
    """Give the bodies of the blocks of a function, those of its own level apart."""
    for node in walk(function):
        if isinstance(node, (ast.Try, ast.For, ast.AsyncFor, ast.While)):
            yield node.body


def _bound_by(statement: ast.stmt) -> set[str]:
    match statement:
        case ast.Assign(targets=targets):
            return {n.id for target in targets for n in _names(target) if isinstance(n.ctx, ast.Store)}
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
            return {name}
    return set()
