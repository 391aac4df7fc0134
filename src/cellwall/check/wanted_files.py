"""Which files of a tree a check is about: those below the given paths, as included and excluded."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cellwall.check.source_tree import DirectorySourceTree
from cellwall.project.config import ProjectConfig

if TYPE_CHECKING:
    from pathspec import PathSpec


def wanted_files(every: Iterable[str], given: Sequence[str], project: ProjectConfig) -> Iterator[str]:
    """Give the files below the given paths ("" is the top); one that is named itself is taken in any case."""
    is_listed = _listing(project)
    named = frozenset(given)
    below = tuple(f"{folder}/" if folder else "" for folder in named)
    for path in every:
        if path in named or (path.startswith(below) and is_listed(path)):
            yield path


def is_left_out(path: str, tree: DirectorySourceTree, project: ProjectConfig) -> bool:
    """Tell whether a file, there or not, is none that is checked unless it is named itself."""
    return not _listing(project)(path) or tree.is_left_out(path)


def _listing(project: ProjectConfig) -> Callable[[str], bool]:
    """Give what tells whether a path is included, and not excluded."""
    include, exclude = _spec(project.include), _spec(project.exclude)

    def is_listed(path: str) -> bool:
        excluded = exclude is not None and exclude.match_file(path)
        return not excluded and (include is None or bool(include.match_file(path)))

    return is_listed


def _spec(globs: Sequence[str]) -> "PathSpec[Any] | None":
    if not globs:
        return None
    from pathspec import PathSpec

    return PathSpec.from_lines("gitignore", globs)


def inside(path: Path, root: Path, *, must_exist: bool = True) -> str:
    """Give a path as seen from the root, "" for the root itself; links are not followed.

    Raises:
        ValueError: it does not exist or lies outside of the repository.
    """
    place = absolute(path)
    if not place.exists() and absolute(root / path).exists():
        place = absolute(root / path)
    if must_exist and not place.exists():
        raise ValueError(f"{path}: there is no such file or folder")
    if not place.is_relative_to(root):
        raise ValueError(f"{path}: lies outside the repository {root}")
    relative = place.relative_to(root).as_posix()
    return "" if relative == "." else relative


def absolute(path: Path | str) -> Path:
    """Give a path from the file system's top; links are not followed."""
    return Path(os.path.abspath(path))  # noqa: PTH100


def repository_of(start: Path) -> Path:
    """Give the nearest folder, from `start` upward, that holds a git repository or a pyproject.toml."""
    for folder in (start, *start.parents):
        if (folder / ".git").exists() or (folder / "pyproject.toml").exists():
            return folder
    return start
