"""Which files a plan is compared with: what git tracks, else what lies there. Reads no content."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cellwall.check.source_tree import SKIPPED_FOLDERS
from cellwall.migrate.errors import RepositoryError
from cellwall.migrate.git.repository import Repository


@dataclass(frozen=True, slots=True)
class RepositoryFiles:
    """A repository's top folder and its regular files, relative to it; `tracked` when git says so."""

    root: Path
    paths: tuple[str, ...]
    tracked: bool


def repository_files(folder: Path) -> RepositoryFiles:
    """List the files of the commit that is checked out, without symbolic links and submodules.

    A folder that is in no git repository is listed as it lies there: a plan can be checked on it, not run.

    Raises:
        RepositoryError: there is no such folder.
    """
    if not folder.is_dir():
        raise RepositoryError(f"{folder} is no folder")
    try:
        repository = Repository.discover(folder)
    except RepositoryError:
        return RepositoryFiles(folder, tuple(sorted(_walk(folder))), tracked=False)
    entries = repository.tracked_files(repository.head_commit())
    paths = sorted(entry.path for entry in entries if entry.mode in ("100644", "100755"))
    return RepositoryFiles(repository.root, tuple(paths), tracked=True)


def _walk(root: Path) -> Iterator[str]:
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in SKIPPED_FOLDERS]
        for name in files:
            path = Path(folder, name)
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(root).as_posix()
