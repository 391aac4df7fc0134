"""Which application modules the scoped tests import: what coverage is measured of. Reads imports only."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from cellwall.check.parse import Parsed, parse
from cellwall.project.test_files import is_test_file


def modules_under_test(root: Path, tests: Sequence[str], tracked: Iterable[str]) -> list[str]:
    """Give the application files (relative paths, sorted) that the test files import directly."""
    application = {path for path in tracked if path.endswith(".py") and not is_test_file(path)}
    found: set[str] = set()
    for test in tests:
        parsed = parse((root / test).read_bytes())
        if isinstance(parsed, Parsed):
            found.update(_files_of(_imported(parsed.tree), application))
    return sorted(found)


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _files_of(modules: Iterable[str], application: set[str]) -> Iterator[str]:
    for module in modules:
        stem = module.replace(".", "/")
        yield from application & {f"{stem}.py", f"{stem}/__init__.py"}
