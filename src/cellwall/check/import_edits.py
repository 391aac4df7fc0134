"""Adds import statements to a module where they belong, when they are missing. Offsets only."""

import ast
from collections.abc import Iterable
from typing import Final

from cellwall.check.bindings import Kind, imported_names
from cellwall.check.edit import Edit
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS
from cellwall.check.role_import import for_types_only

_IMPORTS: Final = (ast.Import, ast.ImportFrom)


def import_edits(module: ModuleFacts, statements: Iterable[str]) -> tuple[Edit, ...]:
    """Give the edit that adds those of the one-line import statements which the module lacks."""
    missing = [statement for statement in sorted(set(statements)) if not _is_there(module, statement)]
    if not missing:
        return ()
    newline = module.lines.newline
    text = b"".join(statement.encode() + newline for statement in _joined(missing))
    before, after, at = _place(module, {_root(statement) for statement in missing})
    return (Edit(at, at, before + text + after),)


def _root(statement: str) -> str:
    """Give the package that a one-line import statement is about."""
    return statement.split()[1].partition(".")[0]


def _joined(statements: list[str]) -> list[str]:
    """Make one statement of those that import from the same module."""
    names: dict[str, list[str]] = {}
    for statement in statements:
        head, separator, tail = statement.partition(" import ")
        names.setdefault(head + separator, []).append(tail)
    return [head + ", ".join(tails) for head, tails in names.items()]


def _is_there(module: ModuleFacts, statement: str) -> bool:
    """Tell whether the module binds the statement's names at its top level to the same things."""
    names = module.resolver.namespace(module.tree).names
    wanted = [
        binding
        for node in ast.parse(statement).body
        if isinstance(node, _IMPORTS)
        for binding in imported_names(node, module.package)
    ]
    return all(
        any(
            b.kind is Kind.IMPORT and b.target == binding.target and not for_types_only(module, b)
            for b in names.get(binding.name, ())
        )
        for binding in wanted
    )


def _place(module: ModuleFacts, roots: set[str]) -> tuple[bytes, bytes, int]:
    """Give what to put before and after the imports, and the offset.

    Imports of one package go behind those of that package, others behind the last import at the top.
    """
    newline, body = module.lines.newline, module.tree.body
    anchor = _last_import(body)
    if anchor is not None:
        anchor = _last_of_package(body[: body.index(anchor) + 1], roots) or anchor
    docstring = anchor is None and _is_docstring(body)
    if docstring:
        anchor = body[0]
    if anchor is not None:
        at, missing_newline = _after(module, anchor)
        return (newline if missing_newline else b"") + (newline if docstring else b""), b"", at
    if not body:
        at = len(module.source)
        return (b"" if at in module.lines.starts else newline), b"", at
    first = min([body[0], *getattr(body[0], "decorator_list", [])], key=lambda node: node.lineno)
    return b"", newline, module.lines.starts[first.lineno - 1]


def _last_import(body: list[ast.stmt]) -> ast.stmt | None:
    """Give the last statement before the first definition that imports something at run time."""
    last: ast.stmt | None = None
    for statement in body:
        if isinstance(statement, (ast.ClassDef, *FUNCTIONS)):
            break
        guarded = isinstance(statement, ast.Try) and isinstance(statement.body[0], _IMPORTS)
        if isinstance(statement, _IMPORTS) or guarded:
            last = statement
    return last


def _last_of_package(body: list[ast.stmt], roots: set[str]) -> ast.stmt | None:
    """Give the last import from the one package that `roots` name, with imports alone behind it.

    Anything else that stands between may have to run first: it sets a path, or the environment.
    """
    for statement in reversed(body):
        if not isinstance(statement, _IMPORTS):
            return None
        if isinstance(statement, ast.ImportFrom) and {_root_of(statement)} == roots:
            return statement
    return None


def _root_of(statement: ast.ImportFrom) -> str:
    return (statement.module or "").partition(".")[0] if not statement.level else ""


def _is_docstring(body: list[ast.stmt]) -> bool:
    first = body[0] if body else None
    return (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    )


def _after(module: ModuleFacts, statement: ast.stmt) -> tuple[int, bool]:
    """Give the start of the line behind a statement, and whether that line must be made first."""
    line = statement.end_lineno or statement.lineno
    for other in module.tree.body:
        if other.lineno <= line < (other.end_lineno or other.lineno):
            line = other.end_lineno or other.lineno
    at = module.lines.next_line_start(line)
    return at, at == len(module.source) and line >= len(module.lines.starts)
