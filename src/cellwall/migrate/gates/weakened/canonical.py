"""One form for code before and after a migration: roles as placeholders, nothing awaited, nothing async.

What is left out of the form is kept beside it: what was awaited, and what should have been.
"""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import final

from cellwall.migrate.gates.weakened.clone import clone
from cellwall.migrate.gates.weakened.module_names import ModuleNames
from cellwall.migrate.gates.weakened.role_patterns import CONTEXT_KEYWORD, Match, RolePatterns

_NEW_ID = re.compile(r"^(uuid\.)?uuid4$|^str$")
_RUNNERS = ("run", "run_until_complete")  # asyncio.run(x) in a sync test is `await x` in an async one


@dataclass(slots=True)
class Canonical:
    """An expression or a statement's header in canonical form.

    Attributes:
        node: the form; a private copy.
        awaited: what is awaited inside, roles apart, in canonical form.
        forgotten: names of roles that must be awaited and are not.
        matches: the roles inside.
    """

    node: ast.AST
    awaited: list[ast.AST] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)


def canonical(node: ast.AST, roles: RolePatterns, names: ModuleNames) -> Canonical:
    """Give the canonical form of a node; the node itself is left alone."""
    result = Canonical(node)
    result.node = _Canonicaliser(result, roles, names).visit(clone(node))
    return result


@final
class _Canonicaliser(ast.NodeTransformer):
    def __init__(self, result: Canonical, roles: RolePatterns, names: ModuleNames) -> None:
        self.result, self.roles, self.names = result, roles, names
        self._carried = 0  # inside an await, an async with, or an argument: somebody else awaits it

    def visit_Await(self, node: ast.Await) -> ast.AST:
        return self._awaited(node.value)

    def _awaited(self, value: ast.expr) -> ast.AST:
        self._carried += 1
        inner: ast.AST = self.visit(value)
        self._carried -= 1
        if not _is_role(inner):
            self.result.awaited.append(inner)
        return inner

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if _is_runner(node):
            return self._awaited(node.args[0])
        found = self.roles.match(node, self.names)
        if found is None:
            carried, self._carried = self._carried, 0
            node.func = self.visit(node.func)
            self._carried = carried + 1
            node.args = [self.visit(arg) for arg in node.args]
            node.keywords = [self.visit(keyword) for keyword in node.keywords]
            self._carried = carried
            return node
        if found.role.awaited and not found.old and not self._carried:
            self.result.forgotten.append(found.role.name)
        self.result.matches.append(found)
        self._carried += 1
        found.arguments = [self.visit(arg) for arg in found.arguments]
        found.keywords = [self.visit(keyword) for keyword in found.keywords]
        found.contexts = [self.visit(context) for context in found.contexts]
        self._carried -= 1
        return found.canonical()

    def visit_withitem(self, node: ast.withitem) -> ast.AST:
        self._carried += 1  # `async with role:` awaits it; a plain `with` on a coroutine fails loudly
        node.context_expr = self.visit(node.context_expr)
        self._carried -= 1
        if node.optional_vars is not None:
            node.optional_vars = self.visit(node.optional_vars)
        return node


def _is_runner(node: ast.Call) -> bool:
    if not (isinstance(node.func, ast.Attribute) and node.func.attr in _RUNNERS):
        return False
    if len(node.args) != 1 or node.keywords:
        return False
    receiver = ast.unparse(node.func.value)
    return receiver == "asyncio" if node.func.attr == "run" else "loop" in receiver


def _is_role(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.startswith("⟨")


def role_of(node: ast.AST | None) -> str:
    """Give the role that a canonical expression is a value of ("agent_factory"), or ""."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.startswith("⟨"):
        return node.func.id[1:-1]
    return ""


@final
class _Renamer(ast.NodeTransformer):
    def __init__(self, renames: Mapping[str, str]) -> None:
        self.renames = renames

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self.renames.get(node.id, node.id)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        new = self.renames.get(own_attribute(node))
        if new is None:
            return self.generic_visit(node)
        if new.startswith("self."):
            node.attr = new.removeprefix("self.")
            return node
        return ast.Name(new, node.ctx)


def own_attribute(node: ast.AST) -> str:
    """Give "self.x" for an attribute of self or cls, else ""."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"self.{node.attr}" if node.value.id in ("self", "cls") else ""
    return ""


@final
class _Eraser(ast.NodeTransformer):
    """Takes contexts out: those given to roles and, when told so, every argument that is a context."""

    def __init__(self, contexts: frozenset[str] | None) -> None:
        self.contexts = contexts

    def visit_Call(self, node: ast.Call) -> ast.AST:
        node.keywords = [k for k in node.keywords if not (self._is_roles(k) or self._is(k.value))]
        node.args = [arg for arg in node.args if not self._is(arg)]
        return self.generic_visit(node)

    def _is_roles(self, keyword: ast.keyword) -> bool:
        return keyword.arg == CONTEXT_KEYWORD and _is_plain_context(keyword.value)

    def _is(self, node: ast.expr) -> bool:
        if self.contexts is None:
            return False
        if role_of(node) == "context":
            return _is_plain_context(node)
        name = node.id if isinstance(node, ast.Name) else own_attribute(node)
        return name in self.contexts


def _is_plain_context(node: ast.expr) -> bool:
    """Tell whether a context is a name, or made from constants and new ids: nothing else happens in it."""
    while isinstance(node, ast.Attribute):
        node = node.value
    if isinstance(node, ast.Name):
        return True
    if role_of(node) != "context":
        return False
    calls = [inner for inner in ast.walk(node) if isinstance(inner, ast.Call) and inner is not node]
    odd = ast.NamedExpr | ast.Lambda | ast.Await | ast.Yield | ast.YieldFrom
    return all(_NEW_ID.match(ast.unparse(call.func)) for call in calls) and not any(
        isinstance(inner, odd) for inner in ast.walk(node)
    )


def text(node: ast.AST, renames: Mapping[str, str] | None = None) -> str:
    """Give a canonical node as source text, after renaming."""
    if renames:
        node = _Renamer(renames).visit(clone(node))
    return ast.unparse(node)


def forms(node: ast.AST, contexts: frozenset[str]) -> set[str]:
    """Give the text of a node as it is, without the contexts of roles, and without these arguments too."""
    whole = text(node)
    if "⟨context⟩" not in whole and not any(name in whole for name in contexts):
        return {whole}
    return {whole, text_without_contexts(node, None), text_without_contexts(node, contexts)}


def text_without_contexts(node: ast.AST, contexts: frozenset[str] | None) -> str:
    """Give the text without the contexts of roles and, if `contexts` is not None, without these arguments."""
    return ast.unparse(_Eraser(contexts).visit(clone(node)))
