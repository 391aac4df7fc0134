"""Looks through a workspace's Python files for names. Reads; never follows a link."""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from cellwall.check.source_tree import DirectorySourceTree
from cellwall.migrate.batch import FileChange
from cellwall.migrate.gates.weakened.support_files import module_name
from cellwall.migrate.gates.weakened.weakening import Weakening

_COLLECTED: Final = re.compile(r"^(test_.*|.*_test|conftest)$")


def files_that_name(
    root: Path, folder: str, names: frozenset[str], without: set[str]
) -> Iterator[tuple[str, bytes]]:
    """Give the Python files under a folder that hold one of the names; none is asked for, none is read."""
    if not names:
        return
    wanted = [name.encode() for name in names]
    start = "" if folder in ("", ".") else folder + "/"
    tree = DirectorySourceTree(root)
    for path in tree.paths():
        if path.startswith(start) and path not in without:
            source = _read(tree, path)
            if any(name in source for name in wanted):
                yield path, source


def hidden_modules(root: Path, change: FileChange) -> Iterator[Weakening]:
    """Object to a new file that hides a module: a test's folder comes first where Python looks."""
    path = PurePosixPath(change.path)
    name = module_name(change.path)
    if change.before is not None or path.suffix != ".py" or not name.isidentifier():
        return
    twin = path.parent.with_suffix(".py") if path.name == "__init__.py" else path.with_suffix("")
    if (root / twin).exists():
        yield Weakening(change.path, 1, "", f"the new file hides {twin}")
    elif not _COLLECTED.match(name):
        users = _importers(root, name)
        if users:
            yield Weakening(
                change.path, 1, "", f"the new file hides the module {name!r}, which {users[0]} imports"
            )


def _importers(root: Path, name: str) -> list[str]:
    """Give the files that import a top-level module of this name; a package's own `__init__` is none."""
    pattern = re.compile(rb"^[ \t]*(?:from|import)[ \t]+" + re.escape(name.encode()) + rb"\b", re.MULTILINE)
    tree = DirectorySourceTree(root)
    return [path for path in tree.paths() if pattern.search(_read(tree, path))]


def _read(tree: DirectorySourceTree, path: str) -> bytes:
    try:
        return tree.read(path)
    except OSError:
        return b""
