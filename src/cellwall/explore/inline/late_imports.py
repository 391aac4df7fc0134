"""Calls back when a library is imported, so that its driver is in place before its first use."""

import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import final


@final
class LateImports(MetaPathFinder):
    """Stands in front of the finders and calls `then` with the name after one of the modules was loaded."""

    def __init__(self, names: Sequence[str], then: Callable[[str], object]) -> None:
        self._names = frozenset(names)
        self._then = then

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find one of the modules as the others do, and listen to its loading."""
        if fullname not in self._names:
            return None
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            spec: ModuleSpec | None = find(fullname, path, target) if find and finder is not self else None
            if spec is not None and spec.loader is not None:
                spec.loader = _Listening(spec.loader, self._then)
                return spec
        return None


@final
class _Listening(Loader):
    """Loads as the loader does, and tells afterwards."""

    def __init__(self, loader: Loader, then: Callable[[str], object]) -> None:
        self._loader = loader
        self._then = then

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Pass on."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Load the module with its own loader, which it keeps, and tell."""
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        module.__loader__ = self._loader
        self._loader.exec_module(module)
        self._then(module.__name__)
