"""Source trees: where the checker reads files from. Nothing is written here."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol, final

SKIPPED_FOLDERS: Final = frozenset(
    {".git", ".hg", ".svn", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".nox", ".mypy_cache"}
)


class SourceTree(Protocol):
    """Python files by their path relative to the tree's top, with forward slashes."""

    def paths(self) -> Sequence[str]:
        """Give the paths of all Python files, sorted."""
        ...

    def read(self, path: str) -> bytes:
        """Give a file's raw bytes.

        Raises:
            OSError: the file cannot be read or lies outside the tree.
        """
        ...


@final
class MappingSourceTree:
    """A tree in memory: for tests, and for checking text that is not on disk."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """Keep a copy of `files`."""
        self._files = dict(files)

    def paths(self) -> Sequence[str]:
        """Give the paths of all Python files, sorted."""
        return sorted(path for path in self._files if path.endswith(".py"))

    def read(self, path: str) -> bytes:
        """Give a file's raw bytes."""
        try:
            return self._files[path]
        except KeyError:
            raise FileNotFoundError(f"{path}: not in this tree") from None


@final
class DirectorySourceTree:
    """The Python files below a folder. Symbolic links are not followed, so nothing outside is ever read."""

    def __init__(self, root: Path) -> None:
        """Look below `root`; nothing is read yet."""
        self.root = root

    def paths(self) -> Sequence[str]:
        """Give the paths of all Python files, sorted; what cannot be listed is left out."""
        return sorted(_python_files(self.root))

    def read(self, path: str) -> bytes:
        """Give a file's raw bytes; refuses links, devices and paths that leave the root."""
        parts = path.split("/")
        if not path or path.startswith("/") or "\0" in path or any(p in ("", ".", "..") for p in parts):
            raise OSError(f"{path}: not a path inside {self.root}")
        return _read_without_links(self.root, parts)


def _python_files(root: Path) -> Iterator[str]:
    folders = [("", str(root))]
    while folders:
        prefix, folder = folders.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError:
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in SKIPPED_FOLDERS:
                    folders.append((f"{prefix}{entry.name}/", entry.path))
            elif entry.name.endswith(".py") and entry.is_file(follow_symlinks=False):
                yield prefix + entry.name


def _read_without_links(root: Path, parts: Sequence[str]) -> bytes:
    """Open folder by folder relative to the one before, so that no link can be swapped in between."""
    handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for folder in parts[:-1]:
            inner = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=handle)
            os.close(handle)
            handle = inner
        file = os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=handle)
    finally:
        os.close(handle)
    with os.fdopen(file, "rb") as stream:
        if not os.path.isfile(stream.fileno()):  # noqa: PTH113 - a descriptor, not a path
            raise OSError(f"{'/'.join(parts)}: not a regular file")
        return stream.read()
