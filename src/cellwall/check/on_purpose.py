"""Recognises tests that show a bad pattern on purpose, and names inside the strings of patches."""

import ast
import re
from collections.abc import Iterator
from typing import Final

from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS
from cellwall.check.origin import ends_with

_NAMES: Final = re.compile(r"bad_?pattern|anti_?pattern|bad_?example|deprecat", re.IGNORECASE)
_EXPECTING: Final = frozenset(
    {
        "raises",
        "warns",
        "deprecated_call",
        "assertRaises",
        "assertRaisesRegex",
        "assertWarns",
        "catch_warnings",
    }
)


def shown_on_purpose(module: ModuleFacts, node: ast.AST) -> str | None:
    """Say what shows that the code at `node` is bad on purpose: a name, or a block that expects a failure."""
    if not module.is_test:
        return None
    for ancestor in module.nodes.ancestors(node):
        if isinstance(ancestor, (ast.ClassDef, *FUNCTIONS)) and _NAMES.search(ancestor.name):
            return f"the name {ancestor.name}"
        if isinstance(ancestor, (ast.With, ast.AsyncWith)):
            for item in ancestor.items:
                expecting = _called_name(item.context_expr)
                if expecting in _EXPECTING and node is not item.context_expr:
                    return f"a block with {expecting}"
    return None


def patch_targets(module: ModuleFacts, patterns: tuple[str, ...]) -> Iterator[tuple[ast.expr, str]]:
    """Give the strings passed to `patch(...)`, `setattr` and the like that name one of the patterns."""
    for call in module.of(ast.Call):
        if _called_name(call) not in ("patch", "setattr", "delattr") or not call.args:
            continue
        target = call.args[0]
        if isinstance(target, ast.Constant) and isinstance(target.value, str):
            pattern = next((p for p in patterns if ends_with(target.value, p)), None)
            if pattern is not None:
                yield target, pattern


def _called_name(node: ast.expr) -> str:
    function = node.func if isinstance(node, ast.Call) else node
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
