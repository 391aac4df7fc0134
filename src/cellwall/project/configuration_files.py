"""The files below a target's top that may configure something: one walk, and each file is read once."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, final

from cellwall.project.read_source import read_text

SKIPPED_FOLDERS: Final = frozenset(
    {".git", ".hg", ".svn", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".nox", ".mypy_cache"}
)
ENVIRONMENT: Final = (
    "pyvenv.cfg"  # stands in each virtual environment, which no walk enters, whatever its name
)


@final
class ConfigurationFiles:
    """The files of some names below `root`; links to folders are not followed, environments are left out."""

    def __init__(self, root: Path, names: frozenset[str]) -> None:
        """Look for nothing yet."""
        self.root = root
        self._names = names
        self._found: list[tuple[Path, frozenset[str]]] | None = None
        self._texts: dict[Path, str | None] = {}

    def folders(self) -> Iterator[tuple[Path, frozenset[str]]]:
        """Give each folder that has one of the files, with their names; the top first, the rest in order."""
        if self._found is None:
            self._found = list(self._walk())
        yield from self._found

    def text(self, path: Path) -> str | None:
        """Give a file's text, None where there is no such file.

        Raises:
            ConfigError: it leads out of the root, is no plain file, is too large, or is not UTF-8.
        """
        if path not in self._texts:
            self._texts[path] = read_text(path, self.root)
        return self._texts[path]

    def _walk(self) -> Iterator[tuple[Path, frozenset[str]]]:
        for folder, folders, files in os.walk(self.root):
            inside_environment = ENVIRONMENT in files and folder != str(self.root)
            folders[:] = [] if inside_environment else sorted(set(folders) - SKIPPED_FOLDERS)
            names = self._names.intersection(files)
            if names:
                yield Path(folder), names
