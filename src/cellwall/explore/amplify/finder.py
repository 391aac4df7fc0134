"""The import hook: modules of the given packages are loaded with their awaits rewritten."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import final

from cellwall.explore.amplify.bytecode import BytecodeCache
from cellwall.explore.amplify.rewriting import amplified_code

Adapter = Callable[[ModuleSpec], "Loader | None"]


@final
class AmplifyingLoader(SourceFileLoader):
    """Loads a source file with its awaits rewritten, from a bytecode cache of its own."""

    _cache = BytecodeCache()

    def get_code(self, fullname: str) -> CodeType:
        """Give the module's code."""
        path = Path(self.get_filename(fullname))
        code = self._cache.read(path)
        if code is None:
            code = amplified_code(path.read_bytes(), str(path))
            if not sys.dont_write_bytecode:
                self._cache.write(path, code)
        return code


@final
class AmplifyingFinder(MetaPathFinder):
    """Finds modules of the packages as the other finders do, and changes how they are loaded.

    `adapter` gives a loader for a module that another import hook would load, such as one that rewrites
    assertions; what it does not know is loaded by that hook, without amplification, and stands in `left_out`.
    """

    def __init__(self, packages: Sequence[str], adapter: Adapter | None = None) -> None:
        self._packages = tuple(packages)
        self._adapter = adapter
        self.rewritten: list[str] = []
        self.left_out: list[str] = []

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find a module of the packages; others are left to the finders behind."""
        if not self._covers(fullname):
            return None
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            spec = find(fullname, path, target) if find and finder is not self else None
            if spec is not None:
                return self._adapted(spec)
        return None

    def _covers(self, fullname: str) -> bool:
        return any(fullname == package or fullname.startswith(f"{package}.") for package in self._packages)

    def _adapted(self, spec: ModuleSpec) -> ModuleSpec:
        loader: Loader | None = None
        if type(spec.loader) is SourceFileLoader:
            loader = AmplifyingLoader(spec.loader.name, spec.loader.path)
        elif self._adapter is not None:
            loader = self._adapter(spec)
        if loader is None:
            self.left_out.append(spec.name)
        else:
            spec.loader = loader
            self.rewritten.append(spec.name)
        return spec


@contextmanager
def amplifying(packages: Sequence[str], adapter: Adapter | None = None) -> Iterator[AmplifyingFinder]:
    """Rewrite the awaits of modules of these packages that are imported meanwhile.

    What is imported already stays as it is: begin before the first import.
    """
    finder = AmplifyingFinder(packages, adapter)
    sys.meta_path.insert(0, finder)
    try:
        yield finder
    finally:
        sys.meta_path.remove(finder)
