"""Under which name a thing of the role configuration can be used at a place, and the import that it needs."""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from cellwall.check.bindings import Binding, Kind, imported_names
from cellwall.check.module_facts import ModuleFacts


class Name(NamedTuple):
    """What a name is called here; `statement` is the import to add, "" when it is there already."""

    here: str
    statement: str = ""


def names_for(module: ModuleFacts, at: ast.AST, statements: tuple[str, ...]) -> dict[str, Name] | str:
    """Give, for each name that the import statements bind, how to say it at `at`.

    The answer is a text, the name in the way, where none can be found.
    """
    found: dict[str, Name] = {}
    for bound, target, node in _wanted(statements):
        name = _existing(module, at, target) or _new(module, at, bound, target, node)
        if name is None:
            return bound
        found[bound] = name
    return found


def _wanted(statements: tuple[str, ...]) -> Iterator[tuple[str, str, ast.Import | ast.ImportFrom]]:
    for statement in statements:
        for node in ast.parse(statement).body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                for binding in imported_names(node, ""):
                    yield binding.name, binding.target, node


def _existing(module: ModuleFacts, at: ast.AST, target: str) -> Name | None:
    """Find a name that means `target` at this place at run time."""
    wanted = set(module.project.names(target))
    for scope in (module.tree, module.nodes.scope(at)):
        for name, bindings in module.resolver.namespace(scope).names.items():
            if any(b.kind is Kind.IMPORT and b.target in wanted for b in bindings) and _means(
                module, at, name, wanted
            ):
                return Name(name)
    return None


def _means(module: ModuleFacts, at: ast.AST, name: str, wanted: set[str]) -> bool:
    found = module.resolver.binding_candidates(name, at)
    if found is None or not found[1]:
        return False
    scope, candidates = found
    early = scope is module.tree or all(_starts_before(b.node, at) for b in candidates)
    return early and all(
        b.kind is Kind.IMPORT and b.target in wanted and not for_types_only(module, b) for b in candidates
    )


def _new(
    module: ModuleFacts, at: ast.AST, bound: str, target: str, node: ast.Import | ast.ImportFrom
) -> Name | None:
    found = module.resolver.binding_candidates(bound, at)
    if found is None or all(
        b.kind is Kind.IMPORT and b.target == target and for_types_only(module, b) for b in found[1]
    ):
        return Name(bound, _statement(bound, target, node))
    other = f"Request{bound}" if bound[:1].isupper() else f"request_{bound}"
    if module.resolver.binding_candidates(other, at) is not None:
        return None
    return Name(other, _statement(other, target, node))


def _statement(name: str, target: str, node: ast.Import | ast.ImportFrom) -> str:
    if isinstance(node, ast.Import):
        plain = name == target.partition(".")[0]
        full = next(a.name for a in node.names if (a.asname or a.name.partition(".")[0] == target) or a.name)
        return f"import {full}" if plain else f"import {target} as {name}"
    original = target.rpartition(".")[2]
    alias = "" if original == name else f" as {name}"
    return f"from {'.' * node.level}{node.module or ''} import {original}{alias}"


def for_types_only(module: ModuleFacts, binding: Binding) -> bool:
    """Tell whether a binding stands below `if TYPE_CHECKING:`, so that it does not exist at run time."""
    return any(
        isinstance(ancestor, ast.If) and "TYPE_CHECKING" in ast.unparse(ancestor.test)
        for ancestor in module.nodes.ancestors(binding.node)
    )


def _starts_before(first: ast.AST, second: ast.AST) -> bool:
    return (getattr(first, "lineno", 0), getattr(first, "col_offset", 0)) < (
        getattr(second, "lineno", 0),
        getattr(second, "col_offset", 0),
    )
