"""Every place in a syntax tree where a name stands, in whatever part: the strictest reading of "is used"."""

import ast
import re


def mentions(tree: ast.AST, name: str) -> list[ast.AST]:
    """Give each node that has the name in one of its own fields; texts that hold it as a word count.

    Docstrings say nothing to Python and are left out, those with doctests apart.
    """
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    said = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr) and _is_prose(node.value)}
    return [node for node in ast.walk(tree) if node not in said and _has(node, word)]


def _is_prose(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and ">>>" not in node.value


def _has(node: ast.AST, word: re.Pattern[str]) -> bool:
    for _, value in ast.iter_fields(node):
        for one in value if isinstance(value, list) else [value]:
            text = one.decode("latin-1") if isinstance(one, bytes) else one
            if isinstance(text, str) and word.search(text):
                return True
    return False
