"""What a module's names stand for: where its imports come from. Knows one module's syntax tree only."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import final


@final
class ModuleNames:
    """The names that a module imports, each with its dotted origins (`from a import c as d`: d is a.c)."""

    def __init__(self, tree: ast.AST) -> None:
        found: dict[str, set[str]] = defaultdict(set)
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                for name, origin in imported(node):
                    found[name].add(origin)
        self.origins: Mapping[str, frozenset[str]] = {name: frozenset(o) for name, o in found.items()}

    def dotted(self, node: ast.expr) -> frozenset[str]:
        """Give the dotted names that an expression can stand for; empty when it is no chain of names."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return frozenset()
        tail = "".join(f".{part}" for part in reversed(parts))
        return frozenset({node.id + tail} | {o + tail for o in self.origins.get(node.id, ())})


def imported(node: ast.Import | ast.ImportFrom) -> Iterable[tuple[str, str]]:
    """Give (name, origin) of an import statement; `*` is a name of its own."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            top = alias.name.partition(".")[0]
            yield (alias.asname, alias.name) if alias.asname else (top, top)
    else:
        package = "." * node.level + (node.module or "")
        for alias in node.names:
            yield alias.asname or alias.name, f"{package}.{alias.name}"
