"""Transforms a module so that it means the same with other names: aliases, assignments, and re-exports."""

import ast
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Renamed:
    """A module's new text, and the files that it imports from."""

    source: str
    files: dict[str, str]


def aliased(source: str) -> str:
    """Import everything under another name, and use that name."""
    tree = ast.parse(source)
    names = {name: f"{name.lower()}_here" for name in _imported(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.alias) and (node.asname or node.name) in names:
            node.asname = names[node.asname or node.name]
    return ast.unparse(_Uses(names).visit(tree))


def assigned(source: str) -> str:
    """Give every imported name another one by an assignment at the top of the module."""
    tree = ast.parse(source)
    names = {name: f"{name.lower()}_again" for name in _imported(tree)}
    body = _Uses(names).visit(tree).body
    last = max(
        (i for i, node in enumerate(body) if isinstance(node, (ast.Import, ast.ImportFrom))), default=-1
    )
    tree.body = [
        *body[: last + 1],
        *ast.parse("\n".join(f"{b} = {a}" for a, b in names.items())).body,
        *body[last + 1 :],
    ]
    return ast.unparse(tree)


def re_exported(source: str) -> Renamed:
    """Take `from library import name` from a module of the project that imports it from there."""
    tree = ast.parse(source)
    exports: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and not node.level and node.module != "__future__":
            exports.append(ast.unparse(node))
            node.module = "app.exports"
            for alias in node.names:
                alias.name, alias.asname = alias.asname or alias.name, None
    return Renamed(ast.unparse(tree), {"app/exports.py": "\n".join([*exports, ""]), "app/__init__.py": ""})


def _imported(tree: ast.Module) -> list[str]:
    """Give the names that imports at the top level bind and that are not parts of dotted names."""
    found: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            found += [alias.asname or alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            found += [alias.asname or alias.name for alias in node.names if "." not in alias.name]
    return found


class _Uses(ast.NodeTransformer):
    """Gives the uses of names other ones, in docstrings too: they speak of what the code says."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.copy_location(ast.Name(self._names.get(node.id, node.id), node.ctx), node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        match node.value:
            case ast.Constant(value=str(text)):
                said = re.sub(r"\w+", lambda word: self._names.get(word[0], word[0]), text)
                return ast.copy_location(ast.Expr(ast.Constant(said)), node)
        return self.generic_visit(node)
