"""Looks for a plan's wrong code in real code, by structure. Decides from syntax trees; reads no file.

A pattern is searched statement by statement, one that is found is enough. In a pattern, names that it binds
itself (variables, parameters, its own classes and functions), constants and a call's arguments stand for
anything. Names that it takes from elsewhere and attributes must be there; names are compared without case and
underscores, so that an instance `cart_registry` counts as `CartRegistry`. A body need only contain the
pattern's statements, anywhere and in any order, and `async` makes no difference.
"""

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from cellwall.check.parse import ParseError, parse

_SKIPPED: Final = (ast.Import, ast.ImportFrom, ast.Pass, ast.Global, ast.Nonlocal)
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
_IGNORED_FIELDS: Final = frozenset({"ctx", "type_comment", "kind", "args", "keywords", "decorator_list"})


@dataclass(frozen=True, slots=True)
class Shape:
    """One statement of a pattern, made ready for the search.

    Attributes:
        node: what is looked for.
        free: names that stand for anything.
        needs: words, folded, all of which a file's folded text must have.
    """

    node: ast.AST
    free: frozenset[str]
    needs: frozenset[str]


def shapes(code: str) -> tuple[Shape, ...] | ParseError:
    """Make the shapes of a pattern's code; none where it names nothing that could be looked for."""
    parsed = parse(code.encode("utf-8", "replace"))
    if isinstance(parsed, ParseError):
        return parsed
    free = frozenset(_bound(parsed.tree))
    try:
        found = [Shape(node, free, _needs(node, free)) for node in map(_core, _telling(parsed.tree.body))]
    except RecursionError:
        return ParseError(1, "the pattern is nested too deeply")
    return tuple(shape for shape in found if shape.needs)


def fold(name: str) -> str:
    """Give a name or a whole text without case and underscores."""
    return name.lower().replace("_", "")


def occurs(shape: Shape, tree: ast.AST) -> bool:
    """Tell whether the shape stands anywhere in a module."""
    try:
        return any(_fits(shape.node, node, shape.free) for node in ast.walk(tree))
    except RecursionError:
        return False


def _bound(tree: ast.AST) -> Iterable[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.ExceptHandler(name=str(name)):
                yield name


def _telling(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Leave out what says nothing: imports, docstrings, `pass`."""
    return [
        node
        for node in body
        if not isinstance(node, _SKIPPED)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]


def _core(node: ast.AST) -> ast.AST:
    """Give what a statement is about: of `x = call()` the call, of an awaited call the call."""
    if isinstance(node, ast.Expr | ast.Await):
        return _core(node.value)
    if isinstance(node, ast.Assign) and all(isinstance(target, ast.Name) for target in node.targets):
        return _core(node.value)
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
        return _core(node.value)
    return node


def _needs(node: ast.AST, free: frozenset[str]) -> frozenset[str]:
    return frozenset(fold(name) for name in _demanded(node, free))


def _demanded(node: ast.AST, free: frozenset[str]) -> Iterable[str]:
    match node:
        case ast.Name(id=name):
            yield from () if name in free else (name,)
        case ast.Attribute(value=owner, attr=attr):
            yield attr
            yield from _demanded(owner, free)
        case ast.Constant():
            return
        case ast.ClassDef(body=body) | ast.FunctionDef(body=body) | ast.AsyncFunctionDef(body=body):
            for statement in _telling(body):
                yield from _demanded(statement, free)
        case _:
            for value in _fields(node).values():
                for inner in value if isinstance(value, list) else [value]:
                    if isinstance(inner, ast.AST):
                        yield from _demanded(inner, free)


def _fields(node: ast.AST) -> dict[str, object]:
    return {name: value for name, value in ast.iter_fields(node) if name not in _IGNORED_FIELDS}


def _fits(wanted: object, found: object, free: frozenset[str]) -> bool:
    if isinstance(wanted, ast.AST) and isinstance(found, ast.AST):
        return _node_fits(_core(wanted), found, free)
    if isinstance(wanted, list) and isinstance(found, list):
        if wanted and isinstance(wanted[0], ast.stmt):
            return _body_fits(wanted, found, free)
        return len(wanted) == len(found) and all(map(lambda a, b: _fits(a, b, free), wanted, found))
    return wanted == found


def _node_fits(wanted: ast.AST, found: ast.AST, free: frozenset[str]) -> bool:
    match wanted:
        case ast.Constant():
            return isinstance(found, ast.expr)
        case ast.Name(id=name):
            return _name_fits(name, found, free)
        case ast.Attribute(value=value, attr=attr):
            return isinstance(found, ast.Attribute) and attr == found.attr and _fits(value, found.value, free)
        case ast.ClassDef(body=body):
            return isinstance(found, ast.ClassDef) and _body_fits(body, found.body, free)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return isinstance(found, _FUNCTIONS) and _function_fits(wanted, found, free)
    if not isinstance(found, _kin(wanted)):
        return False
    others = _fields(found)
    return all(_fits(value, others.get(name), free) for name, value in _fields(wanted).items())


def _name_fits(name: str, found: ast.AST, free: frozenset[str]) -> bool:
    if name in free:
        return isinstance(found, ast.expr)
    match found:
        case ast.Name(id=other) | ast.Attribute(attr=other):
            return fold(name) == fold(other)
    return False


def _function_fits(
    wanted: ast.FunctionDef | ast.AsyncFunctionDef,
    found: ast.FunctionDef | ast.AsyncFunctionDef,
    free: frozenset[str],
) -> bool:
    named = not wanted.name.startswith("__") or wanted.name == found.name
    return named and _body_fits(wanted.body, found.body, free)


def _body_fits(wanted: Sequence[ast.stmt], found: Sequence[ast.stmt], free: frozenset[str]) -> bool:
    """Whether each statement that tells something stands somewhere below the found body."""
    below = [node for statement in found for node in ast.walk(statement)]
    return all(any(_fits(statement, node, free) for node in below) for statement in _telling(wanted))


def _kin(node: ast.AST) -> tuple[type[ast.AST], ...]:
    """Give the types that count as the node's own: `with` and `async with`, `for` and `async for`."""
    for kin in ((ast.With, ast.AsyncWith), (ast.For, ast.AsyncFor)):
        if isinstance(node, kin):
            return kin
    return (type(node),)
