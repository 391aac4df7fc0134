"""Who else reaches a test module, or decides how often its tests run. Reads the base; runs nothing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from cellwall.check.parse import ParseError, parse
from cellwall.check.source_tree import DirectorySourceTree
from cellwall.migrate.gates.weakened.support_files import CONFIGURATION, module_name

_REPEATING: Final = re.compile(rb"--count|rerun|flake[-_]?finder|repeat|generate_tests")
_HOOKS: Final = frozenset({
    "pytest_generate_tests", "pytest_collection_modifyitems", "pytest_collection", "pytest_runtest_protocol",
    "pytest_runtestloop", "pytest_pyfunc_call", "pytest_pycollect_makeitem", "pytest_pycollect_makemodule",
    "pytest_plugins", "*",
})  # fmt: skip
_BEHIND: Final = frozenset({"module", "modules", "__globals__", "f_globals"})
_FIXTURES: Final = (b"autouse", b"pytest_generate_tests", b"pytest_collection_modifyitems")


def is_alone(root: Path, path: str) -> bool:
    """Tell whether nobody else uses a test module, and its tests run once each, as far as can be seen."""
    tree = DirectorySourceTree(root)
    sources = {other: _read(tree, other) for other in tree.paths()}
    own = [other for other in sources if other == path or _is_conftest_of(other, path)]
    reached = any(_names(sources[other], module_name(path)) for other in sources if other != path)
    return not reached and not _runs_again(own, sources) and not _is_configured(root, path)


def _names(source: bytes, stem: str) -> bool:
    """Tell whether a file imports a module of this name, or names it in a text."""
    if stem.encode() not in source:
        return False
    parsed = parse(source)
    if isinstance(parsed, ParseError):
        return True
    word = re.compile(rf"(?<!\w){re.escape(stem)}(?!\w)")
    return any(word.search(text) for node in ast.walk(parsed.tree) for text in _texts(node))


def _texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.ImportFrom):
        yield node.module or ""
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)


def _is_conftest_of(other: str, path: str) -> bool:
    pure = PurePosixPath(other)
    return pure.name == "conftest.py" and pure.parent in PurePosixPath(path).parents


def _runs_again(own: list[str], sources: dict[str, bytes]) -> bool:
    """Tell whether a module and its conftest files may have each test run several times, or reach into it."""
    options: set[str | None] = set()
    brought: set[str] = set()
    for path in own:
        parsed = parse(sources[path])
        if isinstance(parsed, ParseError):
            return True
        for node in ast.walk(parsed.tree):
            names = {getattr(node, "name", None), getattr(node, "id", None)}
            if (isinstance(node, ast.Attribute) and node.attr in _BEHIND) or names & _HOOKS:
                return True
            options |= {node.arg} if isinstance(node, ast.keyword) else set()
            if isinstance(node, ast.Import | ast.ImportFrom):
                brought |= {part for text in _texts(node) for part in text.split(".")}
    others = (source for path, source in sources.items() if path not in own and module_name(path) in brought)
    return {"autouse", "params"} <= options or any(word in source for source in others for word in _FIXTURES)


def _is_configured(root: Path, path: str) -> bool:
    """Tell whether the test runner's configuration repeats tests, or loads this module."""
    stem = re.compile(rb"(?<!\w)" + re.escape(module_name(path).encode()) + rb"(?!\w)")
    for folder in PurePosixPath(path).parents:
        for name in sorted(CONFIGURATION):
            file = root / folder / name
            if file.is_symlink() or not file.is_file():
                continue
            text = file.read_bytes()
            if _REPEATING.search(text) or stem.search(text):
                return True
    return False


def _read(tree: DirectorySourceTree, path: str) -> bytes:
    try:
        return tree.read(path)
    except OSError:
        return b""
