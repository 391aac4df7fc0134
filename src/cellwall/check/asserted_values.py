"""What a function asserts: its assertions, and the names whose values they are about."""

import ast
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from cellwall.check.node_index import walk

_EXPECTING: Final = frozenset({"raises", "warns", "deprecated_call", "fail"})


def assertions(body: Iterable[ast.AST], asserting: Collection[str] = ()) -> Iterator[ast.AST]:
    """Give assertions in source order; `asserting` are functions of the module that assert something."""
    for root in body:
        for node in walk(root):
            if isinstance(node, ast.Assert) or (isinstance(node, ast.Raise) and _fails(node.exc)):
                yield node
            elif isinstance(node, (ast.With, ast.AsyncWith)):
                if any(is_asserting(item.context_expr, asserting) for item in node.items):
                    yield node
            elif isinstance(node, ast.Call) and is_asserting(node, asserting):
                yield node


def is_asserting(node: ast.expr, asserting: Collection[str] = ()) -> bool:
    """Tell whether an expression is a call that fails a test by itself."""
    name = called_name(node.func) if isinstance(node, ast.Call) else ""
    if name == "AssertionError":  # fails where it is raised
        return False
    return name.lower().startswith(("assert", "expect")) or name in _EXPECTING or name in asserting


def _fails(raised: ast.expr | None) -> bool:
    """Tell whether what is raised is the error of a failed assertion."""
    made = raised.func if isinstance(raised, ast.Call) else raised
    return isinstance(made, ast.Name) and made.id == "AssertionError"


def called_name(function: ast.expr) -> str:
    """Give the last part of what is called, "" for anything but names and attributes."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def names_of(node: ast.AST) -> frozenset[str]:
    """Give every name, attribute and keyword in a piece of code, and the words of its texts."""
    found: set[str] = set()
    for inner in walk(node):
        match inner:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                found.add(name)
            case ast.keyword(arg=str(name)):
                found.add(name)
            case ast.Constant(value=str(text)) if text.isidentifier():
                found.add(text)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case _:
                pass
    return frozenset(found)


def flowing_into(names: frozenset[str], body: Iterable[ast.stmt]) -> frozenset[str]:
    """Add the names from whose values these names' values are made, by assignments, loops and blocks."""
    sources: list[tuple[frozenset[str], frozenset[str]]] = []
    for root in body:
        sources += [(_roots(target), names_of(value)) for target, value in _bindings(root)]
    known, size = set(names), -1
    while len(known) != size:
        size = len(known)
        for targets, values in sources:
            if targets & known:
                known |= values
    return frozenset(known)


def _roots(target: ast.AST) -> frozenset[str]:
    return frozenset(node.id for node in walk(target) if isinstance(node, ast.Name))


def _bindings(root: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    for node in walk(root):
        match node:
            case ast.Assign(targets=targets, value=value):
                yield from ((target, value) for target in targets)
            case (
                ast.AnnAssign(target=one, value=ast.expr() as value) | ast.NamedExpr(target=one, value=value)
            ):
                yield one, value
            case ast.AugAssign(target=one, value=value):
                yield one, value
            case ast.For(target=one, iter=value) | ast.AsyncFor(target=one, iter=value):
                yield one, value
            case ast.comprehension(target=one, iter=value):
                yield one, value
            case ast.withitem(context_expr=value, optional_vars=ast.expr() as one):
                yield one, value
            case ast.Call(func=ast.Attribute(value=ast.Name() as one)):
                yield one, node  # what a method is given may be kept
            case _:
                pass
