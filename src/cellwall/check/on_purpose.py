"""Recognises tests that show a bad pattern on purpose, and names inside the strings of patches."""

import ast
import re
from collections.abc import Iterator
from typing import Final

from cellwall.check.called_names import calls_named
from cellwall.check.deferred_pattern import deferred
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import FUNCTIONS
from cellwall.check.origin import ends_with

_NAMES: Final = deferred(r"bad_?pattern|anti_?pattern|bad_?example|deprecat", re.IGNORECASE)
_VARIABLES: Final = deferred(r"^_?(bad|wrong|unsafe|legacy|shared|global)_", re.IGNORECASE)
_SHARES: Final = deferred(r"\bshares?\b", re.IGNORECASE)
_AMONG: Final = deferred(r"\b(across|between) (all )?(users|requests)\b", re.IGNORECASE)
_DENIES: Final = deferred(r"\b(no|not|never|cannot|must|should|nobody|prevent\w*)\b|n't\b", re.IGNORECASE)
_WORDS: Final = deferred(r"anti-?pattern|bad pattern|\bWRONG\b")
_PATCHING: Final = ("patch", "setattr", "delattr")
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
    """Say what shows that the code at `node` is bad on purpose: a name, a comment, or a failure expected."""
    if not module.is_test:
        return None
    said = _said_beside(module, node)
    if said is not None:
        return said
    for ancestor in module.nodes.ancestors(node):
        if isinstance(ancestor, (ast.ClassDef, *FUNCTIONS)) and _NAMES.search(ancestor.name):
            return f"the name {ancestor.name}"
        if isinstance(ancestor, FUNCTIONS) and _tells_of_sharing(ast.get_docstring(ancestor) or ""):
            return f"the docstring of {ancestor.name}"
        if isinstance(ancestor, (ast.With, ast.AsyncWith)):
            for item in ancestor.items:
                expecting = _called_name(item.context_expr)
                if expecting in _EXPECTING and node is not item.context_expr:
                    return f"a block with {expecting}"
    return None


def _tells_of_sharing(docstring: str) -> bool:
    """Tell whether a sentence of a docstring says that users share something, as what the test shows."""
    for sentence in docstring.split("."):
        shares = _SHARES.search(sentence)
        among = [*_AMONG.finditer(sentence, shares.end())] if shares is not None else []
        if among:
            return _DENIES.search(sentence, 0, among[-1].end()) is None
    return False


def _said_beside(module: ModuleFacts, node: ast.AST) -> str | None:
    """Say which variable or comment of the same paragraph calls the statement bad."""
    statement = module.nodes.statement(node)
    if not isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Expr, ast.Return)):
        return None
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    for target in targets:
        name = target.id if isinstance(target, ast.Name) else getattr(target, "attr", "")
        if _VARIABLES.search(name):
            return f"the name {name}"
    line = statement.end_lineno or statement.lineno
    while line > 0 and module.lines.text(line).strip():
        comment = module.lines.text(line).partition(b"#")[2].decode("utf-8", "replace")
        found = _WORDS.search(comment)
        if found is not None:
            return f"a comment says `{found.group()}`"
        line -= 1
    return None


def patch_targets(module: ModuleFacts, patterns: tuple[str, ...]) -> Iterator[tuple[ast.expr, str]]:
    """Give the strings passed to `patch(...)`, `setattr` and the like that name one of the patterns."""
    for call in calls_named(module, _PATCHING):
        if not call.args:
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
