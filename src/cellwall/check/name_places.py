"""Every place in a syntax tree where a name stands, in whatever part: the strictest reading of "is used"."""

import ast
import re
from typing import Final

from cellwall.check.node_index import walk

# Names by which code reaches a module's names without saying them, or has a test run another number of times.
_REACHING: Final = frozenset({
    "globals", "locals", "vars", "dir", "eval", "exec", "compile", "importlib", "__import__", "inspect", "gc",
    "runpy", "ctypes", "__all__", "__getattr__", "pytestmark", "pytest_plugins", "pytest_generate_tests",
    "load_tests", "*",
})  # fmt: skip
_REACHING_PARTS: Final = frozenset(
    {"module", "modules", "__dict__", "__globals__", "f_globals", "f_locals", "import_module"}
)


def mentions(tree: ast.AST, name: str) -> list[ast.AST]:
    """Give each node that has the name in one of its own fields; texts that hold it as a word count.

    Docstrings say nothing to Python and are left out, those with doctests apart.
    """
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    nodes = walk(tree)
    said = {node.value for node in nodes if isinstance(node, ast.Expr) and _is_prose(node.value)}
    return [node for node in nodes if _has(node, name, word) and node not in said]


def reaches_unsaid(tree: ast.AST) -> bool:
    """Tell whether a module may use its names without saying them, or have its tests run more than once."""
    options: set[str | None] = set()
    for node in walk(tree):
        match node:
            case ast.Name(id=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                if name in _REACHING:
                    return True
            case ast.Attribute(attr=name) if name in _REACHING_PARTS:
                return True
            case ast.alias(name=name, asname=other):
                if not _REACHING.isdisjoint({other, *name.split(".")}):
                    return True
            case ast.ImportFrom(module=str(name)):
                if not _REACHING.isdisjoint(name.split(".")):
                    return True
            case ast.keyword(arg=name):
                options.add(name)
    return {"autouse", "params"} <= options


def _is_prose(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and ">>>" not in node.value


def _has(node: ast.AST, name: str, word: re.Pattern[str]) -> bool:
    for value in node.__dict__.values():  # beside the fields only numbers
        kind = type(value)
        if kind is str:
            if name in value and word.search(value):
                return True
        elif kind is list:
            if any(isinstance(one, str) and word.search(one) for one in value):
                return True
        elif kind is bytes and word.search(value.decode("latin-1")):
            return True
    return False
