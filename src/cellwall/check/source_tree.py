"""Source trees: where the checker reads files from. Nothing is written here."""

import errno
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol, final

from cellwall.check.git_excludes import outer_ignore_files
from cellwall.check.git_ignored import IgnoreFile, is_ignored
from cellwall.check.javascript.languages import LANGUAGES, language_of
from cellwall.check.linkless_read import NOT_REGULAR, OpenFolder, read_without_links
from cellwall.project.configuration_files import ENVIRONMENT
from cellwall.project.configuration_files import SKIPPED_FOLDERS as NEVER_CONFIGURED

SKIPPED_FOLDERS: Final = NEVER_CONFIGURED | {".cellwall_cache"}
_SCRIPTS: Final = tuple(LANGUAGES)
_NO_NAMES: Final = frozenset({"", ".", ".."})


class SourceTree(Protocol):
    """Source files by their path relative to the tree's top, with forward slashes."""

    def paths(self) -> Sequence[str]:
        """Give the paths of all Python files, sorted."""
        ...

    def scripts(self) -> Sequence[str]:
        """Give the paths of all scripts in JavaScript and TypeScript, sorted."""
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

    def scripts(self) -> Sequence[str]:
        """Give the paths of all scripts in JavaScript and TypeScript, sorted."""
        return sorted(path for path in self._files if language_of(path) is not None)

    def read(self, path: str) -> bytes:
        """Give a file's raw bytes."""
        try:
            return self._files[path]
        except KeyError:
            raise FileNotFoundError(f"{path}: not in this tree") from None


@final
class DirectorySourceTree:
    """The Python files below a folder. Symbolic links are not followed, so nothing outside is ever read."""

    def __init__(self, root: Path, *, gitignore: bool = False) -> None:
        """Look below `root`, with `gitignore` only at what git does not ignore; nothing is read yet."""
        self.root = root
        self._gitignore = gitignore
        self._seen: tuple[list[str], list[str]] | None = None
        self._obstacles: dict[str, str] = {}
        self._open: OpenFolder | None = None

    def paths(self) -> Sequence[str]:
        """Give the paths of all Python files as first seen, sorted; what cannot be listed is left out."""
        return self._listed()[0]

    def scripts(self) -> Sequence[str]:
        """Give the paths of all scripts in JavaScript and TypeScript, in the same way."""
        return self._listed()[1]

    def obstacles(self) -> Mapping[str, str]:
        """Give what is named like a source but is none, and folders that cannot be listed, each with why."""
        self._listed()
        return dict(sorted(self._obstacles.items()))

    def _listed(self) -> tuple[list[str], list[str]]:
        if self._seen is None:
            python: list[str] = []
            scripts: list[str] = []
            for path in sorted(_source_files(self.root, self._obstacles, gitignore=self._gitignore)):
                (python if path.endswith(".py") else scripts).append(path)
            self._seen = python, scripts
        return self._seen

    def is_left_out(self, path: str) -> bool:
        """Tell whether a file, there or not, is one that `paths` and `scripts` would not look at."""
        return _is_left_out(self.root, path, gitignore=self._gitignore)

    def read(self, path: str) -> bytes:
        """Give a file's raw bytes; refuses links, devices and paths that leave the root."""
        if "\0" in path or not _NO_NAMES.isdisjoint(path.split("/")):
            raise OSError(f"{path}: not a path inside {self.root}")
        if self._open is not None:
            return self._open.read(path)
        return read_without_links(str(self.root), path)

    @contextmanager
    def folder_kept_open(self) -> Iterator[None]:
        """Keep the folder of the last file open in the block, which one thread goes through."""
        if self._open is not None:
            yield
            return
        self._open = OpenFolder(str(self.root))
        try:
            yield
        finally:
            self._open.close()
            self._open = None


@contextmanager
def read_in_order(tree: SourceTree) -> Iterator[None]:
    """Have files of one folder that are read in a row in the block share the way to it."""
    if isinstance(tree, DirectorySourceTree):
        with tree.folder_kept_open():
            yield
    else:
        yield


def _source_files(root: Path, obstacles: dict[str, str], *, gitignore: bool) -> Iterator[str]:
    folders = [("", str(root), outer_ignore_files(root) if gitignore else ())]
    while folders:
        prefix, folder, ignoring = folders.pop()
        try:
            with os.scandir(folder) as listed:
                entries = list(listed)
        except OSError as error:
            obstacles[prefix] = f"cannot be listed: {error.strerror or error}"
            continue
        names = {entry.name for entry in entries}
        if prefix and ENVIRONMENT in names:
            continue
        if gitignore and ".gitignore" in names:
            ignoring = (*ignoring, *_ignore_files(root, prefix))
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                path = prefix + entry.name
                if not _is_passed_over(prefix, entry.name, ignoring, is_folder=True):
                    folders.append((path + "/", entry.path, ignoring))
            elif _is_source(entry.name) and not _is_passed_over(
                prefix, entry.name, ignoring, is_folder=False
            ):
                if entry.is_file(follow_symlinks=False):
                    yield prefix + entry.name
                elif not entry.is_symlink():
                    obstacles[prefix + entry.name] = f"cannot be read: {NOT_REGULAR}"
                elif _leads_in_circles(entry.path):
                    obstacles[prefix + entry.name] = "cannot be read: a link that leads in circles"


def _leads_in_circles(path: str) -> bool:
    """Tell a loop of links from one that is only not followed, and from an editor's lock, which dangles."""
    try:
        Path(path).stat()
    except OSError as error:
        return error.errno == errno.ELOOP
    return False


def _is_left_out(root: Path, path: str, *, gitignore: bool) -> bool:
    ignoring = outer_ignore_files(root) if gitignore else ()
    parts = path.split("/")
    for depth, name in enumerate(parts):
        is_folder = depth < len(parts) - 1
        prefix = "".join(f"{part}/" for part in parts[:depth])
        if gitignore:
            ignoring = (*ignoring, *_ignore_files(root, prefix))
        if prefix and (root / prefix / ENVIRONMENT).exists():
            return True
        if _is_passed_over(prefix, name, ignoring, is_folder=is_folder):
            return True
    return False


def _is_passed_over(prefix: str, name: str, ignoring: Sequence[IgnoreFile], *, is_folder: bool) -> bool:
    """Tell whether the walk goes past an entry of the folder `prefix`, by its name and what git ignores."""
    skipped = is_folder and name in SKIPPED_FOLDERS
    return skipped or is_ignored(ignoring, prefix + name, is_folder=is_folder)


def _is_source(name: str) -> bool:
    return name.endswith(".py") or (name.endswith(_SCRIPTS) and language_of(name) is not None)


def _ignore_files(root: Path, prefix: str) -> tuple[IgnoreFile, ...]:
    """Read one file of patterns, if it is there; a link is not followed."""
    try:
        return (IgnoreFile(prefix, read_without_links(str(root), f"{prefix}.gitignore")),)
    except OSError:
        return ()
