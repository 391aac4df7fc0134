"""Imports once, for all children, the libraries that the target's roles need; never the target's own code,
into which each child puts doubles of its own before anything else imports it.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .forks import Tidy, can_fork, fork, trouble
from .places import load
from .spelled import NotMadeError

LONGEST = 60.0  # seconds for the imports of a target


@contextmanager
def importable(config: Any) -> Iterator[None]:
    """Let the folders be found that pytest would import the tests from."""
    added = [root for root in _roots(config) if root not in sys.path]
    sys.path.extend(added)
    try:
        yield
    finally:
        sys.path[:] = [path for path in sys.path if path not in added]


def preload(config: Any, modules: Iterable[str], told: Path, tidy: Tidy) -> None:
    """Import what a child had to import for these modules and that lies outside of the target's folder.

    Args:
        config: pytest's.
        modules: of the target's roles.
        told: a new file, for what the child tells.
        tidy: cleans up after the child.
    """
    child = fork() if can_fork() else -1
    if not child:
        _tell(config, modules, told)
    if child < 0 or trouble(child, LONGEST, tidy) or not told.exists():
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in json.loads(told.read_text()):
            try:
                importlib.import_module(name)
            except Exception:
                continue


def _tell(config: Any, modules: Iterable[str], told: Path) -> None:
    """Import everything, tell what came with it from elsewhere, and end this child."""
    before = set(sys.modules)
    try:
        with importable(config):
            for name in modules:
                try:
                    load(name)
                except NotMadeError:
                    continue
        root = str(config.rootpath)
        told.write_text(
            json.dumps([name for name in sys.modules if name not in before and _is_foreign(name, root)])
        )
    finally:
        os._exit(0)


def _is_foreign(name: str, root: str) -> bool:
    spec = getattr(sys.modules[name], "__spec__", None)
    origin = getattr(spec, "origin", None)
    if spec is None or origin is None or spec.name != name:
        return False
    return not Path(origin).is_relative_to(root)


def _roots(config: Any) -> list[str]:
    """Give the first folder above each path that has no `__init__`."""
    found = []
    for argument in config.args:
        folder = Path(argument.partition("::")[0]).resolve().parent
        while (folder / "__init__.py").exists():
            folder = folder.parent
        found.append(str(folder))
    return sorted({*found, str(config.rootpath)})
