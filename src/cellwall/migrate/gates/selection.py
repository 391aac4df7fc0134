"""Which test modules a patch is judged by. Decides from lists of paths; reads no file.

Changed test modules, always. For a changed conftest or support module, the test modules of the batch and
those below its folder, nearest first, at most MOST_OF_SUPPORT: a conftest at the top of a large repository
would otherwise run everything for every batch. What is left out is counted, and the run's last measurement
covers it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from cellwall.check.javascript.languages import holds_tests
from cellwall.migrate.languages import is_script, is_source

MOST_OF_SUPPORT: Final = 60


@dataclass(frozen=True, slots=True)
class Selection:
    """Test modules to run, sorted, and how many below a support file were left out."""

    paths: tuple[str, ...]
    left_out: int = 0


def is_test_module(path: str) -> bool:
    """Tell whether a runner takes a file for tests by its usual names: pytest, or the runner of scripts."""
    if is_script(path):
        return holds_tests(path)
    name = PurePosixPath(path).name
    return name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py"))


def select(changed: Sequence[str], batch: Sequence[str], existing: Iterable[str]) -> Selection:
    """Choose the test modules; `existing` are the source files of both workspaces."""
    chosen = {path for path in changed if is_test_module(path)}
    support = [path for path in changed if is_source(path) and not is_test_module(path)]
    if not support:
        return Selection(tuple(sorted(chosen)))
    chosen |= {path for path in batch if is_test_module(path)}
    languages = {is_script(path) for path in support}
    others = (path for path in existing if is_script(path) in languages and path not in chosen)
    below = _below(support, [path for path in others if is_test_module(path)])
    taken = below[:MOST_OF_SUPPORT]
    return Selection(tuple(sorted(chosen.union(taken))), len(below) - len(taken))


def _below(support: Sequence[str], modules: Iterable[str]) -> list[str]:
    """Give the modules below the folders of support files, nearest first."""
    folders = {PurePosixPath(path).parent for path in support}
    found: list[tuple[int, str]] = []
    for module in set(modules):
        parents = PurePosixPath(module).parents
        depth = next((depth for depth, parent in enumerate(parents) if parent in folders), None)
        if depth is not None:
            found.append((depth, module))
    return [module for _, module in sorted(found)]
