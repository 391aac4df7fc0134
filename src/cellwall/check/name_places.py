"""Every place in a syntax tree where a name stands, in whatever part: the strictest reading of "is used"."""

import ast
from typing import Final

from cellwall.check.deferred_pattern import deferred
from cellwall.check.module_facts import ModuleFacts
from cellwall.check.node_index import walk

_WORD: Final = deferred(r"\w+")

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
    return word_places(tree).get(name, [])


def mentions_in(module: ModuleFacts, name: str) -> list[ast.AST]:
    """Give what `mentions` gives for a module's tree, which is gone through once for all names."""
    return module.fact(_places_of).get(name, [])


def _places_of(module: ModuleFacts) -> dict[str, list[ast.AST]]:
    return word_places(module.tree)


def word_places(tree: ast.AST) -> dict[str, list[ast.AST]]:
    """Give for each word the nodes that have it, in the order of the walk."""
    nodes = walk(tree)
    said = {node.value for node in nodes if isinstance(node, ast.Expr) and _is_prose(node.value)}
    places: dict[str, list[ast.AST]] = {}
    for node in nodes:
        for word in _words(node) if node not in said else ():
            places.setdefault(word, []).append(node)
    return places


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


def _words(node: ast.AST) -> set[str]:
    found: set[str] = set()
    for value in node.__dict__.values():  # beside the fields only numbers
        kind = type(value)
        if kind is str:
            found.update(_WORD.findall(value))
        elif kind is list:
            found.update(word for one in value if isinstance(one, str) for word in _WORD.findall(one))
        elif kind is bytes:
            found.update(_WORD.findall(value.decode("latin-1")))
    return found
