"""Which tests of a new module reach a role as the project spells it: by the names that its imports bind."""

import ast
from collections.abc import Iterator
from typing import Final

from cellwall.project.roles import Role

Function = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)


def beside_the_role(source: bytes, role: Role) -> tuple[str, ...]:
    """Give the tests (`test_a`, `TestB::test_c`) that reach no name of the role, not even by a helper or
    fixture of the module.

    Raises:
        SyntaxError: the source is no Python.
    """
    tree = ast.parse(source)
    wanted = _bound(ast.parse("\n".join(role.imports)))
    defined = {node.name: node for node in tree.body if isinstance(node, (*_FUNCTIONS, ast.ClassDef))}
    top = {name for name, origin in _bound(tree, deep=False).items() if origin in wanted.values()}
    origins = set(wanted.values())
    return tuple(
        name for name, test, around in _tests(tree) if not _reaches(test, around, defined, top, origins)
    )


def _bound(tree: ast.Module | Function, *, deep: bool = True) -> dict[str, tuple[str, str]]:
    """Give local name -> (module, name) of the import statements."""
    found = {}
    for node in ast.walk(tree) if deep else tree.body:
        if isinstance(node, ast.ImportFrom) and not node.level:
            found.update({a.asname or a.name: (node.module or "", a.name) for a in node.names})
        elif isinstance(node, ast.Import):
            found.update({a.asname or a.name.partition(".")[0]: (a.name, "") for a in node.names})
    return found


def _tests(tree: ast.Module) -> Iterator[tuple[str, Function, tuple[ast.stmt, ...]]]:
    for node in tree.body:
        if isinstance(node, _FUNCTIONS) and node.name.startswith("test"):
            yield node.name, node, ()
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, _FUNCTIONS) and inner.name.startswith("test"):
                    yield f"{node.name}::{inner.name}", inner, tuple(node.body)


def _reaches(
    test: Function,
    around: tuple[ast.stmt, ...],
    defined: dict[str, Function | ast.ClassDef],
    top: set[str],
    wanted: set[tuple[str, str]],
) -> bool:
    """Follow the names that the test loads and the fixtures that it asks for, as far as the module goes."""
    methods = {node.name: node for node in around if isinstance(node, _FUNCTIONS)}
    waiting: list[ast.AST] = [test, *(methods[name] for name in SET_UP & methods.keys())]
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        inner = {name for name, origin in _bound_in(node).items() if origin in wanted}
        names = set(_names(node))
        if names & (top | inner):
            return True
        waiting += [found[name] for found in (defined, methods) for name in names & found.keys()]
    return False


SET_UP: Final = frozenset({"setup_method", "setUp", "asyncSetUp"})


def _bound_in(node: ast.AST) -> dict[str, tuple[str, str]]:
    return _bound(node) if isinstance(node, _FUNCTIONS) else {}


def _names(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load):
            yield inner.id
        elif isinstance(inner, ast.arg):
            yield inner.arg
        elif (
            isinstance(inner, ast.Attribute)
            and isinstance(inner.value, ast.Name)
            and inner.value.id == "self"
        ):
            yield inner.attr
