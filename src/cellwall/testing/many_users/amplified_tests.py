"""Loads modules whose assertions pytest rewrites with their awaits rewritten too, by one import hook."""

import ast
import sys
from collections.abc import Sequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, Final, final

import pytest

from cellwall.explore.amplify import AmplifyingFinder, amplify_tree
from cellwall.explore.amplify.bytecode import BytecodeCache
from cellwall.testing.many_users.pytest_private import note_rewritten, rewrite_assertions, rewrites_assertions

_KIND: Final = "pytest" + "".join(filter(str.isalnum, pytest.__version__))


def amplify(packages: Sequence[str]) -> AmplifyingFinder:
    """Rewrite the awaits of these packages and of what lies below, as they are imported from now on."""
    finder = AmplifyingFinder(packages, with_assertions)
    sys.meta_path.insert(0, finder)
    return finder


def with_assertions(spec: ModuleSpec) -> Loader | None:
    """Give a loader that rewrites awaits and assertions; None for what no hook of pytest's loads."""
    if not rewrites_assertions(spec.loader) or spec.origin is None:
        return None
    return AmplifiedTestLoader(spec.loader, Path(spec.origin))


@final
class AmplifiedTestLoader(Loader):
    """Loads one module as pytest's hook would, its awaits rewritten after its assertions."""

    def __init__(self, hook: Any, path: Path) -> None:
        self._hook, self._path = hook, path
        passes = hook.config.getini("enable_assertion_pass_hook")
        self._cache = BytecodeCache(f"{_KIND}{'passes' if passes else ''}")

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's code, from a cache of its own where it is there."""
        note_rewritten(self._hook, module.__name__, self._path)
        code = self._cache.read(self._path)
        if code is None:
            code = self._rewritten()
            if not sys.dont_write_bytecode:
                self._cache.write(self._path, code)
        exec(code, vars(module))

    def _rewritten(self) -> CodeType:
        source = self._path.read_bytes()
        tree = ast.parse(source, str(self._path))
        rewrite_assertions(self._hook, tree, source, self._path)
        code: CodeType = compile(amplify_tree(tree), str(self._path), "exec", dont_inherit=True)
        return code
