"""Reads the application modules that may define roles, and who imports which names. Reads files only.

A byte pattern decides first which files are parsed at all: those with a definition whose name could matter.
"""

import os
import re
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from cellwall.project.configuration_files import ENVIRONMENT
from cellwall.project.definitions import Class, Module, read_module
from cellwall.project.test_files import is_test_file

LARGEST: Final = 2 << 20
_SKIPPED: Final = frozenset(
    {"node_modules", "site-packages", "build", "dist", "__pycache__", "archive", "venv"}
)
_OTHER_PURPOSES: Final = frozenset({"scripts", "examples", "docs", "benchmarks", "testing"})
_GATE: Final = re.compile(
    rb"^[ \t]*(?:class|def|async[ \t]+def)[ \t]+\w*"
    rb"(?:Context|Factory|Pool|[Ss]ocket_?[Mm]anager|[Dd]ispatcher|session\b|session_scope|Registry|for_user"
    rb"|[Tt]oken\b|[Jj]wt\b|(?:user|owner|subject)(?:_id)?_(?:of|from)\b|[Ll]imiter|[Tt]hrottle|allow|may_"
    rb"|limit|quota|_app\b|_application\b)"
    rb"|^from cellwall import |(?:=|->)[ \t]*\"?(?:FastAPI|Starlette|Litestar|Quart)\b",
    re.MULTILINE,
)
_IMPORT: Final = re.compile(rb"^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]+)", re.MULTILINE)
_NAME: Final = re.compile(rb"(\w+)(?:[ \t]+as[ \t]+\w+)?")


@dataclass(frozen=True)
class Code:
    """The application's modules, and in how many files each (module, name) is imported."""

    modules: tuple[Module, ...]
    imports: Counter[tuple[str, str]]
    root: Path

    @cached_property
    def packages(self) -> frozenset[str]:
        """The first names of all modules that are imported anywhere."""
        return frozenset(module.partition(".")[0] for module, _ in self.imports)


def read_code(root: Path) -> Code:
    """Read every Python file below root; files that do not parse or are too large are passed over."""
    modules: list[Module] = []
    imports: Counter[tuple[str, str]] = Counter()
    for path in _python_files(root):
        try:
            source = (root / path).read_bytes()
        except OSError:
            continue
        imports.update(set(_imported(source)))
        if _is_application(path) and _GATE.search(source):
            try:
                modules.append(read_module(path, source))
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
    return Code(tuple(modules), imports, root)


def _python_files(root: Path) -> Iterator[str]:
    for folder, names, files in os.walk(root):
        inside_environment = ENVIRONMENT in files and folder != str(root)
        names[:] = [] if inside_environment else sorted(_kept(names))
        for name in sorted(files):
            path = Path(folder, name)
            if name.endswith(".py") and _is_plain(path):
                yield path.relative_to(root).as_posix()


def _is_plain(path: Path) -> bool:
    try:
        state = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(state.st_mode) and state.st_size <= LARGEST


def _is_application(path: str) -> bool:
    """Whether a module may define roles: no test, no program for one purpose, no support for tests."""
    folders = path.split("/")[:-1]
    return not is_test_file(path) and not any(
        folder in _OTHER_PURPOSES or folder.startswith("test_") or folder.endswith("_tests")
        for folder in folders
    )


def _kept(names: list[str]) -> list[str]:
    return [name for name in names if name not in _SKIPPED and not name.startswith(".")]


def _imported(source: bytes) -> Iterator[tuple[str, str]]:
    for match in _IMPORT.finditer(source):
        module = match.group(1).decode()
        for name in _NAME.findall(match.group(2)):
            yield module, name.decode()


def find_class(code: Code, name: str, module: Module, depth: int = 5) -> tuple[Module, Class] | None:
    """Give the class that a name means in a module, where its imports lead to one in the repository."""
    for cls in module.classes:
        if cls.name == name:
            return module, cls
    source, original = module.imported.get(name, ("", ""))
    path = source.replace(".", "/")
    for place in _places(path, module):
        if source and depth and _is_plain(code.root / place):
            try:
                return find_class(code, original, _read(code, place), depth - 1)
            except (OSError, SyntaxError, ValueError, RecursionError):
                return None
    return None


def _places(path: str, module: Module) -> Iterator[str]:
    """Give the files that a module's name may mean, from each folder that can be the root."""
    folders = module.path.split("/")[:-1]
    roots = ["", "src/", *("/".join(folders[:depth]) + "/" for depth in range(1, len(folders) + 1))]
    for root in dict.fromkeys(roots):
        yield from (f"{root}{path}.py", f"{root}{path}/__init__.py")


def _read(code: Code, path: str) -> Module:
    known = next((module for module in code.modules if module.path == path), None)
    return known or read_module(path, (code.root / path).read_bytes())


def module_name(path: str) -> str:
    """Give the dotted name under which a file is imported: `src/app/a.py` is app.a."""
    dotted = path.removesuffix(".py").removesuffix("/__init__").removeprefix("src/").replace("/", ".")
    return dotted if all(part.isidentifier() for part in dotted.split(".")) else ""
